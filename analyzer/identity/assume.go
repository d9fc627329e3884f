package identity

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Callers are what shows who calls a role, beside its trust policy: the addresses of
// what lets somebody assume it. "" says that nothing does.
type Callers struct {
	// Users is what gives a user or a group a policy that names the role.
	Users string
	// Others is what gives anybody else one, or one that may name it, or may do so:
	// a role, a permission set, whoever has a policy that nobody in the scan has, a
	// module that was not read.
	Others string
	// Terraform is the provider for which Terraform assumes it, whoever runs that.
	Terraform string
}

func (c *Callers) add(by string, others bool) {
	switch {
	case others && c.Others == "":
		c.Others = by
	case !others && c.Users == "":
		c.Users = by
	}
}

// CallersOf is what the scan shows of who calls a role, in whichever root and form:
// the role may be called from another configuration than its own.
func (m *Model) CallersOf(r *Role) Callers {
	if m.Beside != nil && !m.Whole {
		return m.Beside.CallersOf(r)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.assumers == nil {
		m.assumers = m.findAssumers()
	}
	return m.assumers.of(r)
}

// assumers are the policies that allow sts:AssumeRole, by what they say of the
// roles.
type assumers struct {
	byRef  map[value.Ref]*Callers
	byName map[string]*Callers // without its path
	// byPrefix are those who may assume all roles that begin so, or some of them.
	byPrefix map[string]string
	first    string // of byPrefix
	// providers are the same of the providers for which Terraform assumes roles.
	providers *assumers
}

func newAssumers() *assumers {
	return &assumers{byRef: map[value.Ref]*Callers{}, byName: map[string]*Callers{}, byPrefix: map[string]string{}}
}

func (a *assumers) of(r *Role) Callers {
	var out Callers
	if a.providers != nil {
		out.Terraform = a.providers.of(r).Others
	}
	take := func(c *Callers) {
		if c != nil && c.Users != "" {
			out.add(c.Users, false)
		}
		if c != nil && c.Others != "" {
			out.add(c.Others, true)
		}
	}
	take(a.byRef[r.Resource.Ref("arn")])
	attr := "name"
	if r.Resource.Type == "awscc_iam_role" {
		attr = "role_name"
	}
	name, named := r.Resource.Attr(attr).Text()
	if !named || name == "" {
		out.add(a.first, true)
		return out
	}
	take(a.byName[name])
	full := strings.TrimPrefix(r.Resource.Attr("path").TextOr("/"), "/") + name
	for i := range len(full) + 1 {
		if by := a.byPrefix[full[:i]]; by != "" {
			out.add(by, true)
		}
	}
	return out
}

// add takes in a resource of a policy that by gives to somebody.
func (a *assumers) add(by string, others bool, v *value.Value) {
	full := shape(v)
	_, role, isRole := strings.Cut(full, ":role/")
	end := strings.IndexAny(role, "*?$")
	switch {
	case v != nil && v.Ref != nil && v.Ref.Attr == "arn":
		at(a.byRef, *v.Ref).add(by, others)
	case isRole && end < 0:
		at(a.byName, role[strings.LastIndexByte(role, '/')+1:]).add(by, others)
	case !others: // a user who may assume many roles is none of this one's callers yet
	case isRole:
		a.mayAssume(by, role[:end])
	case full == "" || strings.ContainsAny(full, "*?$"):
		a.mayAssume(by, "")
	}
}

// shape is what is known of a text, with * for what is not.
func shape(v *value.Value) string {
	var text strings.Builder
	parts, _ := v.AsParts()
	for _, p := range parts {
		if p.Hole != nil {
			text.WriteByte('*')
		} else {
			text.WriteString(p.Text.String)
		}
	}
	return text.String()
}

func at[K comparable](in map[K]*Callers, k K) *Callers {
	if in[k] == nil {
		in[k] = &Callers{}
	}
	return in[k]
}

func (a *assumers) mayAssume(by, prefix string) {
	if a.byPrefix[prefix] == "" {
		a.byPrefix[prefix] = by
	}
	if a.first == "" {
		a.first = by
	}
}

func (a *assumers) addDocument(by string, others bool, doc *policy.Document) {
	for _, s := range doc.Statements {
		if !letsAssume(s) {
			continue
		}
		for _, pattern := range s.Resources {
			a.add(by, others, pattern.Value)
		}
		if others && s.ResourcesOpen {
			a.mayAssume(by, "")
		}
	}
}

// letsAssume says that a statement is about assuming roles: one that allows
// everything is not.
func letsAssume(s *policy.Statement) bool {
	return s.Effect == policy.Allow && !s.NotResource && !s.NotAction && s.AdmitsAction("sts:AssumeRole") == value.Yes &&
		!slices.ContainsFunc(s.Actions, func(p policy.Pattern) bool { return p.MatchesAll() })
}

// findAssumers looks at the policies of users, groups, roles and permission sets.
func (m *Model) findAssumers() *assumers {
	m.bind()
	out := newAssumers()
	out.providers = newAssumers()
	attached := map[*terraform.Resource]bool{}
	inline := func(by *terraform.Resource, others bool, text *value.Value) {
		if doc, err := policy.Parse(text); err == nil {
			out.addDocument(by.Address, others, doc)
		}
	}
	managed := func(by *terraform.Resource, others bool, arn *value.Value) {
		if p := m.declaredPolicy(by, arn); p != nil {
			attached[p] = true
			inline(by, others, policyText(p))
		}
	}
	look := func(root *terraform.Root) {
		for _, c := range forms {
			for _, res := range root.Resources(c.typ) {
				if c.holder != "" && res.Attr(c.holder).Missing() {
					continue
				}
				holds := inline
				if c.managed {
					holds = managed
				}
				v := res.Attr(c.attribute)
				switch {
				case c.member != "":
					each(v, func(v *value.Value) { holds(res, c.others, v.Get(c.member)) })
				case strings.HasSuffix(c.attribute, "_arns"):
					each(v, func(v *value.Value) { holds(res, c.others, v) })
				default:
					holds(res, c.others, v)
				}
			}
		}
		for _, p := range root.ProviderRoles() {
			// A role of which nothing is known is none of the scan, unless another state
			// names it: that may be the state of what declares this one.
			_, name, _ := strings.Cut(shape(p.ARN), ":role/")
			switch {
			case p.ARN.Ref != nil && p.ARN.Ref.Attr == "arn" || name != "" && !strings.HasPrefix(name, "*"):
				out.providers.add(p.Provider, true, p.ARN)
			case p.Remote:
				out.providers.mayAssume(p.Provider, "")
			}
		}
		for _, call := range root.UnreadModules() {
			call.Arguments.Walk(func(v *value.Value) bool {
				if v.Ref != nil && v.Ref.Attr == "arn" || v.Is(value.String) && strings.Contains(v.TextOr(""), ":role/") {
					out.add(call.Address, true, v)
				}
				return true
			})
		}
	}
	for _, root := range m.Roots {
		if m.Reopen != nil {
			m.Reopen(root, look)
		} else {
			look(root)
		}
	}
	for _, root := range m.Roots {
		for _, p := range root.Resources("aws_iam_policy", "awscc_iam_managed_policy") {
			if !attached[p] {
				inline(p, true, policyText(p))
			}
		}
	}
	return out
}

func policyText(p *terraform.Resource) *value.Value {
	if p.Type == "awscc_iam_managed_policy" {
		return p.Attr("policy_document")
	}
	return p.Attr("policy")
}

// forms are the ways in which somebody gets a policy.
var forms = []struct {
	typ, attribute, member string
	holder                 string // the attribute that has to be there, in a type for several kinds of holders
	managed, others        bool
}{
	{typ: "aws_iam_user_policy", attribute: "policy"},
	{typ: "aws_iam_group_policy", attribute: "policy"},
	{typ: "aws_iam_user_policy_attachment", attribute: "policy_arn", managed: true},
	{typ: "aws_iam_group_policy_attachment", attribute: "policy_arn", managed: true},
	{typ: "aws_iam_policy_attachment", attribute: "policy_arn", holder: "users", managed: true},
	{typ: "aws_iam_policy_attachment", attribute: "policy_arn", holder: "groups", managed: true},
	{typ: "aws_iam_user_policy_attachments_exclusive", attribute: "policy_arns", managed: true},
	{typ: "aws_iam_group_policy_attachments_exclusive", attribute: "policy_arns", managed: true},
	{typ: "awscc_iam_user", attribute: "policies", member: "policy_document"},
	{typ: "awscc_iam_group", attribute: "policies", member: "policy_document"},
	{typ: "awscc_iam_user", attribute: "managed_policy_arns", managed: true},
	{typ: "awscc_iam_group", attribute: "managed_policy_arns", managed: true},

	{typ: "aws_iam_role_policy", attribute: "policy", others: true},
	{typ: "aws_iam_role", attribute: "inline_policy", member: "policy", others: true},
	{typ: "aws_iam_role", attribute: "managed_policy_arns", managed: true, others: true},
	{typ: "aws_iam_role_policy_attachment", attribute: "policy_arn", managed: true, others: true},
	{typ: "aws_iam_policy_attachment", attribute: "policy_arn", holder: "roles", managed: true, others: true},
	{typ: "aws_iam_role_policy_attachments_exclusive", attribute: "policy_arns", managed: true, others: true},
	{typ: "awscc_iam_role", attribute: "policies", member: "policy_document", others: true},
	{typ: "awscc_iam_role", attribute: "managed_policy_arns", managed: true, others: true},
	{typ: "aws_ssoadmin_permission_set_inline_policy", attribute: "inline_policy", others: true},
}
