// Package identity says who exists and what binds them: users, access keys,
// logins, groups, roles with their trust policies, and the organization with
// its service control policies. It is built from Terraform values and policy
// documents, and is the only place where the two meet.
package identity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Model is everything that was scanned, seen as identities. Every list is in
// the order of the roots, then of addresses.
type Model struct {
	Roots       []*terraform.Root
	Users       []*User
	Groups      []*Group // once someone has asked for PermissionsOf
	Keys        []*AccessKey
	Forgotten   []*AccessKey // that a plan leaves as they are, and out of the state
	Logins      []*Login
	Credentials []*Credential
	MFADevices  []*MFADevice
	// PasswordPolicies are one for each root at most, as there is one in an account.
	PasswordPolicies []*PasswordPolicy
	Roles            []*Role
	Organizations    []*Organization
	// OrganizationPolicies are all of them, of every type and organization.
	OrganizationPolicies []*OrganizationPolicy
	// Reported are the rows of the credential reports, once AddReports was called.
	Reported []*Reported
	// Devices are the lists of the virtual MFA devices of accounts.
	Devices []Devices
	// Accounts are those that are known as they are deployed.
	Accounts []*DeployedAccount
	// Whole says that the model is such an account: nothing that binds a user is
	// missing.
	Whole bool
	// Beside is a Model whose organizations count as this one's: the scan that such
	// an account is judged with, or what a fix is verified against. Mostly nil.
	Beside *Model
	// Reopen shows a root once more, where nothing is evaluated yet, to who looks at
	// much of it and keeps nothing. Nil: the root itself is looked at.
	Reopen func(r *terraform.Root, look func(*terraform.Root))
	// Said is a place beside the code, a README or a script, that says how a role is
	// assumed, as file:line; "" when none does. Nil: nobody looked.
	Said func(*Role) string
	// TrustAt are the roles of all roots whose trust policy has a statement at a place
	// that several roots read, and the statement in each; shared is false for any
	// other place. Nil: Roles are all that there are.
	TrustAt func(at source.Span) (roles []*Role, statements []*policy.Statement, shared bool)
	// Gaps are policies that could not be parsed.
	Gaps []source.Gap
	// Looked are the resource instances that were looked at.
	Looked []*terraform.Resource

	// mu is held while what follows is worked out: whoever offers fixes asks at the
	// same time as others.
	mu            sync.Mutex
	before        *Model // see BuildAgain
	changed       func(*terraform.Resource) bool
	parsed        map[*value.Value]parsed // policies, by the attribute that holds them
	lengths       map[*value.Value]int    // of what policies of organizations say
	watched       *watched                // see WatchesRoot
	keys          map[*Organization]string
	loginOf       map[*User]*Login
	credentialsOf map[*User][]*Credential
	deviceOf      map[*User]*MFADevice
	hasKeys       map[*User]value.Tri    // of an account as it is deployed, as a report says
	keysOf        map[*User][]*AccessKey // under nil those whose user is not declared
	usersOf       map[*terraform.Root][]*User
	userIndexes   indexes[*User]
	groupIndexes  indexes[*Group]
	policyIndexes indexes[*terraform.Resource]
	documents     map[*terraform.Resource]*policy.Document // of managed policies; nil: AWS refuses it
	outsiders     map[*Login]*User                         // users that are only named
	assumers      *assumers
	unread        map[*terraform.Root][]terraform.UnreadModule
	namedIn       map[*terraform.Root]*ofUsers // see byRoot
	rolePolicies  *rolePolicies                // see bindRoles
	bound, broken bool                         // see bind
}

// Build joins the roots of one scan. All of them together are the estate: the
// organization may be declared in one root and its policies attached in another.
func Build(roots []*terraform.Root) *Model { return BuildParts(roots, AllParts) }

// BuildParts is Build for who looks at some parts only.
func BuildParts(roots []*terraform.Root, parts Part) *Model {
	m := &Model{Roots: roots}
	m.build(parts)
	return m
}

// BuildAgain is BuildParts for roots of which some were loaded anew: what was
// made of the others is taken over from the model before. changed says of which
// resources that is not true.
func BuildAgain(before *Model, roots []*terraform.Root, parts Part, changed func(*terraform.Resource) bool) *Model {
	m := &Model{Roots: roots, before: before, changed: changed}
	m.build(parts)
	return m
}

func (m *Model) build(parts Part) {
	m.init()
	of := make([]*Model, len(m.Roots))
	cores.Each(len(m.Roots), func(i int) {
		of[i] = &Model{before: m.before, changed: m.changed}
		of[i].init()
		if parts&People != 0 {
			of[i].addUsers(m.Roots[i])
		}
		if parts&Roles != 0 {
			of[i].addRoles(m.Roots[i])
		}
	})
	for _, root := range of {
		m.take(root)
	}
	if parts&Organizations != 0 {
		m.addOrganizations()
	}
}

func (m *Model) init() {
	m.parsed, m.lengths = map[*value.Value]parsed{}, map[*value.Value]int{}
	m.loginOf, m.keysOf = map[*User]*Login{}, map[*User][]*AccessKey{}
	m.credentialsOf, m.deviceOf = map[*User][]*Credential{}, map[*User]*MFADevice{}
}

// take takes over what was made of one root.
func (m *Model) take(root *Model) {
	m.Users = append(m.Users, root.Users...)
	m.Keys = append(m.Keys, root.Keys...)
	m.Forgotten = append(m.Forgotten, root.Forgotten...)
	m.Logins = append(m.Logins, root.Logins...)
	m.Credentials = append(m.Credentials, root.Credentials...)
	m.MFADevices = append(m.MFADevices, root.MFADevices...)
	m.PasswordPolicies = append(m.PasswordPolicies, root.PasswordPolicies...)
	m.Roles = append(m.Roles, root.Roles...)
	m.Gaps = append(m.Gaps, root.Gaps...)
	m.Looked = append(m.Looked, root.Looked...)
	for _, x := range root.userIndexes.of { // of the one root
		m.userIndexes.join(x)
	}
	maps.Copy(m.parsed, root.parsed)
	maps.Copy(m.loginOf, root.loginOf)
	maps.Copy(m.credentialsOf, root.credentialsOf)
	maps.Copy(m.deviceOf, root.deviceOf)
	for u, keys := range root.keysOf { // under nil those of all roots
		m.keysOf[u] = append(m.keysOf[u], keys...)
	}
}

func (m *Model) resources(r *terraform.Root, types ...string) []*terraform.Resource {
	out := r.Resources(types...)
	m.Looked = append(m.Looked, out...)
	return out
}

// parsed is what was made of a policy.
type parsed struct {
	document *policy.Document
	gaps     []source.Gap
}

// document parses a policy attribute, once for all models. What is not a policy
// is a gap, and a document that protects nothing and allows nothing known.
func (m *Model) document(r *terraform.Resource, attr *value.Value, what string) *policy.Document {
	p, known := m.parsed[attr]
	if !known && m.before != nil {
		p, known = m.before.parsed[attr]
	}
	if !known {
		gaps := len(m.Gaps)
		p.document = m.parse(r, attr, what)
		p.gaps = slices.Clone(m.Gaps[gaps:])
		m.Gaps = m.Gaps[:gaps]
		m.parsed[attr] = p
	}
	m.Gaps = append(m.Gaps, p.gaps...)
	return p.document
}

func (m *Model) parse(r *terraform.Resource, attr *value.Value, what string) *policy.Document {
	doc, err := policy.Parse(attr)
	if err != nil {
		span, text := attr.Span, err.Error()
		var notJSON *value.JSONError
		var notPolicy *policy.ParseError
		switch {
		case errors.As(err, &notJSON) && !notJSON.Span.IsZero():
			span, text = notJSON.Span, "it is not JSON: "+notJSON.What
		case errors.As(err, &notPolicy) && !notPolicy.Span.IsZero():
			span, text = notPolicy.Span, notPolicy.Text
		}
		if span.IsZero() {
			span = r.Header
		}
		kind := source.ErrorGap
		if r.Exists != value.Yes || len(attr.AllAssumptions()) > 0 {
			kind = source.LimitGap // nobody says that Terraform will be given this
		}
		m.Gaps = append(m.Gaps, source.Gap{Kind: kind, Span: span,
			Reason: what + " of " + r.Address + " is not a policy that AWS would accept; " + text})
		return nil
	}
	if n := len(doc.Statements); n > maxStatements {
		reason := fmt.Sprintf("%s of %s has %d statements: more than %d are not evaluated, nor do they fit into a policy of AWS", what, r.Address, n, maxStatements)
		m.Gaps = append(m.Gaps, source.Gap{Kind: source.ErrorGap, Span: r.Header, Reason: reason})
		return &policy.Document{Open: true, Value: value.UnknownBecause(reason, r.Header)}
	}
	return doc
}

// maxStatements is more than fit into the 10,240 characters that AWS takes at
// most.
const maxStatements = 300

// Role is an IAM role and who may assume it.
type Role struct {
	Resource *terraform.Resource
	// Trust is nil when the trust policy is not one: that is a gap.
	Trust     *policy.Document
	Attribute *value.Value // the trust policy as written
}

// Account is the account that a role is in, as its ARN or its provider says; ""
// when neither does.
func (r *Role) Account() string {
	if account := AccountOf(r.Resource); account != "" {
		return account
	}
	return policy.PrincipalOf("AWS", r.Resource.Reference("arn")).Account
}

// TrustAttribute is the name of the attribute that the trust policy is written in.
func (r *Role) TrustAttribute() string {
	if r.Resource.Type == "awscc_iam_role" {
		return "assume_role_policy_document"
	}
	return "assume_role_policy"
}

func (m *Model) addRoles(r *terraform.Root) {
	for _, res := range m.resources(r, "aws_iam_role", "awscc_iam_role") {
		role := &Role{Resource: res}
		role.Attribute = res.Attr(role.TrustAttribute())
		role.Trust = m.document(res, role.Attribute, "trust policy")
		m.Roles = append(m.Roles, role)
	}
}
