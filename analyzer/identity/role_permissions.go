package identity

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Name is the role's, as written.
func (r *Role) Name() *value.Value {
	if r.Resource.Type == "awscc_iam_role" {
		return r.Resource.Attr("role_name")
	}
	return r.Resource.Attr("name")
}

// rolePolicies are what roles are allowed, worked out when somebody asks: no rule does.
type rolePolicies struct {
	roles indexes[*Role]
	of    map[*Role][]*AttachedPolicy
}

// RolePermissionsOf is what binds the sessions of a role, as PermissionsOf is of users.
func (m *Model) RolePermissionsOf(r *Role) Permissions {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bindRoles()
	p := Permissions{Policies: m.rolePolicies.of[r]}
	if b := r.Resource.Attr("permissions_boundary"); !b.Missing() && b.TextOr("?") != "" {
		doc := m.policyAt(r.Resource, b)
		p.Boundary, p.BoundaryName = doc.document, doc.name
	}
	return p
}

// RoleAt is the role of the scan that a principal or a name, written in a resource,
// means; nil when there is none, or several may be meant.
func (m *Model) RoleAt(by *terraform.Resource, v *value.Value) *Role {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bindRoles()
	return at1(&m.rolePolicies.roles, by, v)
}

// UserAt is the user that a principal or a name means, as RoleAt.
func (m *Model) UserAt(by *terraform.Resource, v *value.Value) *User {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bind()
	return at1(&m.userIndexes, by, v)
}

// at1 is the one that a value names, in the root of the resource or the only one
// elsewhere.
func at1[T comparable](all *indexes[T], by *terraform.Resource, v *value.Value) (t T) {
	if x := all.of[by.Root.ID()]; x != nil {
		t = x.find(v)
	}
	var none T
	if t == none {
		t = all.elsewhere(v)
	}
	return t
}

func (m *Model) bindRoles() {
	m.bind()
	if m.rolePolicies != nil {
		return
	}
	b := &rolePolicies{of: map[*Role][]*AttachedPolicy{}}
	m.rolePolicies = b
	byRoot := map[*terraform.Root]*index[*Role]{}
	for _, r := range m.Roots {
		byRoot[r] = &index[*Role]{root: r}
	}
	for _, r := range m.Roles {
		if x := byRoot[r.Resource.Root]; x != nil {
			x.add(r, r.Resource, r.Name())
		}
	}
	for _, r := range m.Roots {
		b.roles.join(byRoot[r])
	}
	attach := func(by *terraform.Resource, role *value.Value, p *AttachedPolicy) {
		if p.Document == nil {
			return // a gap: AWS refuses it
		}
		targets(&b.roles, by, role, func(r *Role, sure value.Tri, why []value.Reason) {
			if sure == value.Yes {
				copied := *p
				b.of[r] = append(b.of[r], &copied)
			} else {
				b.of[r] = append(b.of[r], p.uncertain(why))
			}
		})
	}
	managed := func(by *terraform.Resource, arn, role *value.Value) {
		p := m.policyAt(by, arn)
		attach(by, role, &AttachedPolicy{Resource: by, Name: p.name, Document: p.document, Unseen: p.unseen})
	}
	for _, r := range m.Roles {
		m.ownPolicies(r, func(p *AttachedPolicy) { b.of[r] = append(b.of[r], p) })
	}
	for _, root := range m.Roots {
		for _, res := range m.resources(root, "aws_iam_role_policy") {
			attach(res, res.Attr("role"), &AttachedPolicy{Resource: res, Name: res.Address, Document: m.document(res, res.Attr("policy"), "policy")})
		}
		for _, res := range m.resources(root, "awscc_iam_role_policy") {
			attach(res, res.Attr("role_name"), &AttachedPolicy{Resource: res, Name: res.Address, Document: m.document(res, res.Attr("policy_document"), "policy")})
		}
		for _, res := range m.resources(root, "aws_iam_role_policy_attachment") {
			managed(res, res.Attr("policy_arn"), res.Attr("role"))
		}
		for _, res := range m.resources(root, "aws_iam_policy_attachment") {
			each(res.Attr("roles"), func(role *value.Value) { managed(res, res.Attr("policy_arn"), role) })
		}
		for _, res := range m.resources(root, "aws_iam_role_policy_attachments_exclusive") {
			each(res.Attr("policy_arns"), func(arn *value.Value) { managed(res, arn, res.Attr("role_name")) })
		}
	}
}

// ownPolicies are those that the role's resource itself has.
func (m *Model) ownPolicies(r *Role, add func(*AttachedPolicy)) {
	res := r.Resource
	inline := func(text *value.Value) {
		if doc := m.document(res, text, "policy"); doc != nil {
			add(&AttachedPolicy{Resource: res, Name: res.Address, Document: doc})
		}
	}
	list, text := "inline_policy", "policy"
	if strings.HasPrefix(res.Type, "awscc_") {
		list, text = "policies", "policy_document"
	}
	each(res.Attr(list), func(p *value.Value) {
		if t := p.Get(text); !t.Missing() {
			inline(t)
		}
	})
	each(res.Attr("managed_policy_arns"), func(arn *value.Value) {
		if p := m.policyAt(res, arn); p.document != nil {
			add(&AttachedPolicy{Resource: res, Name: p.name, Document: p.document, Unseen: p.unseen})
		}
	})
}

// Listed is the policy's document without what it may allow that nothing shows: the
// rest of a policy of AWS's own, or all of one that the scan does not declare. more
// says that there may be such.
func (a *AttachedPolicy) Listed() (doc *policy.Document, more bool) {
	if a.Unseen {
		return &policy.Document{Value: a.Document.Value}, true
	}
	rest := func(s *policy.Statement) bool { return s.Open && s.ActionsOpen && len(s.Actions) == 0 }
	out := *a.Document
	out.Statements = nil
	for _, s := range a.Document.Statements {
		if rest(s) {
			more = true
		} else {
			out.Statements = append(out.Statements, s)
		}
	}
	if !more {
		return a.Document, a.Document.Open
	}
	return &out, true
}
