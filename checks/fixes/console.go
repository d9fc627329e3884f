package fixes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// ConsoleMFA is a user with a password who may act without MFA.
type ConsoleMFA struct {
	Model    *identity.Model
	Settings *settings.Settings
	Login    *identity.Login
	User     *identity.User
	Result   proof.UserResult
	// Enforces says that a policy would require MFA of a user, were it attached, and
	// that it would keep the user from changing its first password.
	Enforces func(*identity.User, *terraform.Resource) (enforced, keepsPassword bool)
	// MayEnrol says that policies of the scan let a user enrol a device.
	MayEnrol func(*identity.User) bool
	// Granting is the policy that allows the request that gets through; nil when
	// there is none.
	Granting *identity.AttachedPolicy
	// People keeps what was found of groups and statements, for all users of a scan, whose
	// fixes are worked out at the same time: a bool for each *identity.Group, and the users
	// that a statement binds.
	People *sync.Map
}

// Mend mends what nearly requires MFA, if anything does, else adds a policy that
// requires it.
func (c *ConsoleMFA) Mend(near *proof.NearMiss) []*analyzer.Fix {
	if near != nil && near.Defect == proof.DefectAllowIfExists {
		if fix := requireInAllow(near); fix != nil {
			c.spare(fix, near.Statement)
			return []*analyzer.Fix{fix.Leaves(analyzer.Note)}
		}
	}
	if near != nil && near.Defect != proof.DefectActions && near.Defect != proof.DefectNullOnly { // those would lock out who has no device yet
		if fixes := Repairs(near); len(fixes) > 0 {
			for _, f := range fixes {
				c.spare(f, near.Statement)
				f.Leaves(analyzer.Note) // who may not enrol a device could not do so before
			}
			return fixes
		}
	}
	return c.Require()
}

// requireInAllow makes an Allow that tests MFA in vain match with MFA alone.
func requireInAllow(near *proof.NearMiss) *analyzer.Fix {
	c := near.Condition
	if c.Operator.Family == policy.NullFamily && strings.EqualFold(c.Key, "aws:MultiFactorAuthPresent") {
		edits, err := rewriteCondition(near.Statement, c, "Bool", "true")
		if err != nil {
			return nil
		}
		return &analyzer.Fix{Message: "use Bool with \"true\", which matches with MFA alone", Grade: analyzer.Narrowing, Edits: edits}
	}
	to := strings.TrimSuffix(c.Operator.Text, "IfExists")
	edits, err := renameOperator(near.Statement, c, to)
	if err != nil {
		return nil
	}
	return &analyzer.Fix{Message: "use " + to + ", which does not match where the key is absent", Grade: analyzer.Narrowing, Edits: edits}
}

// A bearer is whom a policy that requires MFA is attached to.
type bearer struct {
	typ, attribute string // aws_iam_group_policy, group
	// of is the block that the policy goes behind, and that it takes the name from.
	of *terraform.Resource
	// name is the attribute of it that the name is.
	name string
	// without are keys of for_each that are left out.
	without []string
}

// bearer is a group that the user is in, where all its members are people, the
// one through which the user got what it may do before others; else the user, by
// its password where not all users that the block makes have one.
func (c *ConsoleMFA) bearer() *bearer {
	var groups []*identity.Group
	if a := c.Granting; a != nil && a.Group != nil {
		groups = append(groups, a.Group)
	}
	for _, g := range append(groups, c.User.Groups()...) {
		if g.Resource.Type == "aws_iam_group" && writable(g.Resource) && c.onlyPeople(g) && c.allIn(g) {
			return &bearer{typ: "aws_iam_group_policy", attribute: "group", of: g.Resource, name: "name"}
		}
	}
	login, user := c.Login.Resource, c.User.Resource
	b := &bearer{typ: "aws_iam_user_policy", attribute: "user", of: login, name: "user"}
	if user.Type == "aws_iam_user" && writable(user) && login.Module == user.Module && login.Key == "" && user.Key == "" {
		b.of, b.name = user, "name"
	} else if login.Type != "aws_iam_user_login_profile" || !writable(login) {
		return nil
	}
	for _, l := range c.Model.Logins {
		u := c.Model.UserOf(l)
		if !sameText(l.Resource.Body, login.Body) || u == nil || !c.Settings.BreakGlass(u.Name.TextOr(""), u.KnownTags()) {
			continue
		}
		if !strings.HasPrefix(l.Resource.Key, `["`) {
			return nil
		}
		b.without = append(b.without, strings.Trim(l.Resource.Key, "[]"))
	}
	return b
}

// allIn says that all users whose passwords the block makes are in a group, or in one
// that the block of that makes.
func (c *ConsoleMFA) allIn(g *identity.Group) bool {
	return !slices.ContainsFunc(c.Model.Logins, func(l *identity.Login) bool {
		u := c.Model.UserOf(l)
		return u != nil && sameText(l.Resource.Body, c.Login.Resource.Body) &&
			!slices.ContainsFunc(u.Groups(), func(o *identity.Group) bool { return o == g || sameText(o.Resource.Body, g.Resource.Body) })
	})
}

// writable says that a block stands in a file to which blocks can be added.
func writable(r *terraform.Resource) bool {
	return !r.Body.IsZero() && (strings.HasSuffix(r.Body.File.Name, ".tf") || strings.HasSuffix(r.Body.File.Name, ".tofu"))
}

// countArgument is count in a block whose instances are not known, which alone does
// not tell it from for_each; a comment may stand in front.
var countArgument = regexp.MustCompile(`(?m)^\s*(?:/\*.*?\*/\s*)?count\s*=`)

// arguments are those of a resource that belongs to each instance of the block.
func (b *bearer) arguments() string {
	address := b.of.Type + "." + b.of.Name
	switch {
	case b.of.Key == "":
		return fmt.Sprintf("name = \"RequireMFA\"\n%s = %s.%s\n", b.attribute, address, b.name)
	case strings.HasPrefix(b.of.Key, `["`) || b.of.Key == "[?]" && !countArgument.MatchString(b.of.Body.Text()):
		each := address
		if len(b.without) > 0 {
			slices.Sort(b.without)
			each = fmt.Sprintf("{ for key, login in %s : key => login if !contains([%s], key) }", address, strings.Join(b.without, ", "))
		}
		return fmt.Sprintf("for_each = %s\n\nname = \"RequireMFA\"\n%s = each.value.%s\n", each, b.attribute, b.name)
	}
	return fmt.Sprintf("count = length(%s)\n\nname = \"RequireMFA\"\n%s = %s[count.index].%s\n", address, b.attribute, address, b.name)
}

// who is whom the policy binds, in a message.
func (b *bearer) who() string {
	block := strings.TrimSuffix(b.of.Address, b.of.Key)
	switch {
	case b.of.Type == "aws_iam_user_login_profile":
		return "the users of '" + block + "'"
	case b.of.Key != "":
		return "all of '" + block + "'"
	}
	return "'" + block + "'"
}

// denyWithoutMFA is AWS's DenyAllExceptListedIfNoMFA.
var denyWithoutMFA = draftStatement{
	sid: "DenyAllWithoutMFA", effect: "Deny", not: true, actions: enrolment, resources: []string{"*"},
	conditions: []draftCondition{{operator: "BoolIfExists", key: "aws:MultiFactorAuthPresent", values: []string{"false"}}},
}

// allowEnrolment is what users need to enrol a device of their own: the ARN of one that
// has a path holds that, and aws:username does not.
func allowEnrolment(users []*identity.User) []draftStatement {
	own := []string{"arn:*:iam::*:user/${aws:username}"}
	if slices.ContainsFunc(users, func(u *identity.User) bool { p := u.Resource.Attr("path"); return !p.Missing() && p.TextOr("?") != "/" }) {
		own = append(own, "arn:*:iam::*:user/*/${aws:username}")
	}
	return []draftStatement{
		{sid: "AllowEnrollingOwnDevice", effect: "Allow", actions: []string{"iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ResyncMFADevice"}, resources: own},
		{sid: "AllowCreatingDevice", effect: "Allow", actions: []string{"iam:CreateVirtualMFADevice"}, resources: []string{"arn:*:iam::*:mfa/*"}},
	}
}

// Require adds a policy that requires MFA. It is a draft where the user is not seen to
// be allowed to enrol a device: it may be shut out, so that the draft allows that as
// well. Keys and other credentials that carry no MFA are callers that would be refused.
func (c *ConsoleMFA) Require() []*analyzer.Fix {
	b := c.bearer()
	if b == nil {
		return nil
	}
	label := free(b.of.Root, b.of.Body, b.typ, b.of.Name+"_require_mfa")
	style := c.style(b.of)
	if style.document != "" {
		label = free(b.of.Root, b.of.Body, "aws_iam_policy_document", label)
	}
	deny, logins := denyWithoutMFA, c.bound(b)
	users := c.usersOf(logins)
	if slices.ContainsFunc(logins, (*identity.Login).ResetRequired) {
		deny.actions = slices.Sorted(slices.Values(append(deny.actions[:len(deny.actions):len(deny.actions)], "iam:ChangePassword")))
	}
	statements := []draftStatement{deny}
	fix := &analyzer.Fix{
		Message: fmt.Sprintf("deny %s everything without MFA but what enrols a device; who has none yet will have to enrol one first", b.who()),
		Grade:   analyzer.Narrowing,
	}
	if slices.ContainsFunc(users, func(u *identity.User) bool { return !c.MayEnrol(u) }) {
		statements = append(allowEnrolment(users), deny)
		shown := "which no policy does"
		if !c.Result.LocksOut {
			shown = "which no policy of the scan is seen to do"
		}
		fix.Message = fmt.Sprintf("deny %s everything without MFA but what enrols a device, and allow that much, %s", b.who(), shown)
		fix.Grade = analyzer.Draft
	}
	if beside := c.withoutDevice(users); beside != "" {
		fix.Message += fmt.Sprintf("; what uses %s, which carries no MFA, will be refused", beside)
		fix.Grade = analyzer.Draft
	}
	if by := terraformAs(b.of.Root, users); by != "" {
		fix.Message += "; " + by
		fix.Grade = analyzer.Draft
	}
	if elsewhere(b.of) {
		fix.Grade = analyzer.Draft
		fix.Message += "; the provider has an endpoint of its own: see first what that service makes of aws:MultiFactorAuthPresent"
	}
	if p, keepsPassword := c.unattached(b, users); p != nil && fix.Grade == analyzer.Narrowing {
		return c.attach(b, p, keepsPassword)
	}
	blocks, expression := style.write(label, statements...)
	text := fmt.Sprintf("%sresource %q %q {\n%s%s\npolicy = %s\n}", blocks, b.typ, label, providerOf(b.of), b.arguments(), expression)
	var err error
	if fix.Edits, err = edit.InsertAfterBlock(b.of.Body, text); err != nil {
		return nil
	}
	return []*analyzer.Fix{fix}
}

// bound are the passwords of the users that a policy of a bearer binds.
func (c *ConsoleMFA) bound(b *bearer) []*identity.Login {
	var out []*identity.Login
	for _, l := range c.Model.Logins {
		u := c.Model.UserOf(l)
		among := sameText(l.Resource.Body, c.Login.Resource.Body)
		if u != nil && b.typ == "aws_iam_group_policy" {
			among = among || slices.ContainsFunc(u.Groups(), func(g *identity.Group) bool { return sameText(g.Resource.Body, b.of.Body) })
		}
		if among {
			out = append(out, l)
		}
	}
	return out
}

// style is how the policies beside a block are written; that of the user's own
// policy before others.
func (c *ConsoleMFA) style(near *terraform.Resource) policyStyle {
	var beside []*terraform.Resource
	for _, r := range near.Root.Resources("aws_iam_policy", "aws_iam_group_policy", "aws_iam_user_policy") {
		if r.Module == near.Module {
			beside = append(beside, r)
		}
	}
	if a := c.Granting; a != nil {
		beside = append(beside, a.Resource)
	}
	return styleOf(beside, "policy")
}

// onlyPeople says that every member of a group, and of those that the same block
// makes, has a password and no key or other credential, and is no user for
// emergencies: others would be shut out.
func (c *ConsoleMFA) onlyPeople(g *identity.Group) bool {
	if only, known := c.People.Load(g); known {
		return only.(bool)
	}
	only := true
	for _, o := range c.Model.Groups {
		if o == g || sameText(o.Resource.Body, g.Resource.Body) {
			only = only && !slices.ContainsFunc(c.Model.Members(o), func(u *identity.User) bool {
				return c.Model.LoginOf(u) == nil || c.Model.HasKeys(u) != value.No || len(c.Model.CredentialsOf(u)) > 0 ||
					c.Settings.BreakGlass(u.Name.TextOr(""), u.KnownTags())
			})
		}
	}
	c.People.Store(g, only)
	return only
}
