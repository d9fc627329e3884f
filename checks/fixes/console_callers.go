package fixes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// spare makes a draft of a fix of a statement that binds others than people with a
// device: a role, or what a user has beside the password.
func (c *ConsoleMFA) spare(fix *analyzer.Fix, s *policy.Statement) {
	root := c.User.Resource.Root
	if a := c.Granting; a != nil {
		root = a.Resource.Root
	}
	refused := ""
	if by := holder(root, s.Span()); by != "" {
		refused = "the sessions of a role that '" + by + "' binds, which carry no MFA,"
	} else if beside := c.withoutDevice(c.under(s)); beside != "" {
		refused = "what uses " + beside + ", which carries no MFA,"
	}
	if refused != "" {
		fix.Grade = analyzer.Draft
		fix.Message += "; " + refused + " will be refused"
	} else if by := terraformAs(root, c.under(s)); by != "" {
		fix.Grade = analyzer.Draft
		fix.Message += "; " + by
	}
}

// under are the users that a statement binds.
func (c *ConsoleMFA) under(s *policy.Statement) []*identity.User {
	type bound struct{ at source.Span }
	known, ok := c.People.Load(bound{s.Span()})
	if !ok {
		var users []*identity.User
		for _, u := range c.Model.Users {
			if slices.ContainsFunc(c.Model.PermissionsOf(u).Policies, func(a *identity.AttachedPolicy) bool {
				return slices.ContainsFunc(a.Document.Statements, func(o *policy.Statement) bool { return o.Span() == s.Span() })
			}) {
				users = append(users, u)
			}
		}
		known, _ = c.People.LoadOrStore(bound{s.Span()}, users)
	}
	if users := known.([]*identity.User); slices.Contains(users, c.User) {
		return users
	}
	return []*identity.User{c.User}
}

func (c *ConsoleMFA) usersOf(logins []*identity.Login) []*identity.User {
	var out []*identity.User
	for _, l := range logins {
		if u := c.Model.UserOf(l); u != nil {
			out = append(out, u)
		}
	}
	return out
}

// withoutDevice is what users have beside their passwords that works without MFA, in
// words; "" when there is nothing.
func (c *ConsoleMFA) withoutDevice(users []*identity.User) string {
	for _, u := range users {
		if beside := c.Model.CredentialsOf(u); len(beside) > 0 {
			return "'" + beside[0].Resource.Address + "'"
		}
		if c.Model.HasKeys(u) == value.No {
			continue
		}
		for _, k := range c.Model.Keys {
			if k.Owner == u && k.Active() != value.No && !k.Resource.Deleted() {
				return "'" + k.Resource.Address + "'"
			}
		}
		return "an access key of the user"
	}
	return ""
}

// unattached is a policy of the module that would require MFA of all users, and that
// nothing attaches to anybody: somebody wrote it for that.
func (c *ConsoleMFA) unattached(b *bearer, users []*identity.User) (p *terraform.Resource, keepsPassword bool) {
	for _, p := range neighbours(b.of, "aws_iam_policy") {
		read := slices.ContainsFunc(readers(p.Root, p.Body, p.Type+"."+p.Name), func(at source.Span) bool {
			h := blockHeader.FindStringSubmatch(edit.TopBlock(at).Text())
			return h == nil || h[1] != "output"
		})
		if p.Key != "" || p.Deleted() || read {
			continue
		}
		keepsPassword = false
		if !slices.ContainsFunc(users, func(u *identity.User) bool {
			enforced, keeps := c.Enforces(u, p)
			keepsPassword = keepsPassword || keeps
			return !enforced
		}) {
			return p, keepsPassword
		}
	}
	return nil, false
}

// attach attaches a policy to whom a bearer stands for.
func (c *ConsoleMFA) attach(b *bearer, p *terraform.Resource, keepsPassword bool) []*analyzer.Fix {
	typ := b.typ + "_attachment"
	label := free(b.of.Root, b.of.Body, typ, b.of.Name+"_require_mfa")
	text := fmt.Sprintf("resource %q %q {\n%s%spolicy_arn = aws_iam_policy.%s.arn\n}", typ, label, providerOf(b.of), strings.Replace(b.arguments(), "name = \"RequireMFA\"\n", "", 1), p.Name)
	edits, err := edit.InsertAfterBlock(b.of.Body, text)
	if err != nil {
		return nil
	}
	fix := &analyzer.Fix{
		Message: fmt.Sprintf("attach '%s', which nobody has, to %s; who has no MFA device yet will have to enrol one first", p.Address, b.who()),
		Grade:   analyzer.Narrowing, Edits: edits,
	}
	if keepsPassword {
		fix.Grade = analyzer.Draft
		fix.Message += "; exempt iam:ChangePassword in it first, as the password has to be changed at the first sign-in"
		fix.Leaves(analyzer.Note)
	}
	if doc, err := policy.Parse(p.Attr("policy")); err != nil || slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool { return s.Effect != policy.Deny }) {
		fix.Grade = analyzer.Draft
		fix.Message += ", and whoever gets the policy may do what it allows as well"
	}
	return []*analyzer.Fix{fix}
}
