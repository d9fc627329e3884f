package identity

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A Holder is who has policies: a user, a group, a role or a permission set.
type Holder struct {
	Resource *terraform.Resource
	Name     *value.Value
	User     *User // where it is one
	Permissions
	// BoundaryAt is what sets the boundary, where there is one.
	BoundaryAt source.Span
}

// Holders are all who have policies that the scan declares, and the managed policies
// that nobody of them has: who has one of these, another scan may show.
func (m *Model) Holders() (holders []*Holder, unheld []*AttachedPolicy) {
	m.mu.Lock()
	m.bind()
	m.mu.Unlock()
	for _, u := range m.Users {
		h := &Holder{Resource: u.Resource, Name: u.Name, User: u, Permissions: m.PermissionsOf(u)}
		h.BoundaryAt = boundarySpan(u.Resource, h.Boundary)
		holders = append(holders, h)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.Groups {
		holders = append(holders, &Holder{Resource: g.Resource, Name: g.Name, Permissions: Permissions{Policies: g.policies}})
	}
	b := &roleBinding{m: m}
	for _, r := range m.Roots {
		b.bind(r)
	}
	holders = append(holders, b.holders...)
	held := map[*policy.Document]bool{}
	for _, h := range holders {
		held[h.Boundary] = true
		for _, a := range h.Policies {
			held[a.of()] = true
		}
	}
	for _, r := range m.Roots {
		for _, res := range r.Resources("aws_iam_policy", "awscc_iam_managed_policy") {
			if d := m.policyDocument(res); d != nil && !held[d] {
				unheld = append(unheld, &AttachedPolicy{Resource: res, Name: res.Address, Document: d})
			}
		}
	}
	return holders, unheld
}

// ManagedPolicies are all that the scan declares, whoever has them.
func (m *Model) ManagedPolicies() []*AttachedPolicy {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bind()
	var out []*AttachedPolicy
	for _, r := range m.Roots {
		for _, res := range r.Resources("aws_iam_policy", "awscc_iam_managed_policy") {
			if d := m.policyDocument(res); d != nil {
				out = append(out, &AttachedPolicy{Resource: res, Name: res.Address, Document: d})
			}
		}
	}
	return out
}

// of is the document that is attached, though it may be uncertain that it is.
func (a *AttachedPolicy) of() *policy.Document {
	if a.certain != nil {
		return a.certain
	}
	return a.Document
}

// Uncertain is a document where it is not known whether it binds: what it allows may be
// allowed, and what it denies may be denied.
func Uncertain(d *policy.Document, why []value.Reason) *policy.Document {
	return (&AttachedPolicy{Document: d}).uncertain(why).Document
}

// JoinedBy is what puts a user into a group; nil where it is not in it, or the group is
// not declared.
func (u *User) JoinedBy(g *Group) *terraform.Resource {
	for _, m := range u.groups {
		if m.group == g {
			return m.by
		}
	}
	return nil
}

func boundarySpan(r *terraform.Resource, boundary *policy.Document) source.Span {
	if boundary == nil {
		return source.Span{}
	}
	return r.AttributeSpan("permissions_boundary")
}

// A roleBinding joins roles and permission sets with their policies. Users and groups
// are bound for the rules; who asks for roles pays for them.
type roleBinding struct {
	m       *Model
	holders []*Holder
	of      indexes[*Holder]
	sets    indexes[*Holder]
}

func (b *roleBinding) bind(r *terraform.Root) {
	m := b.m
	roles, sets := &index[*Holder]{root: r}, &index[*Holder]{root: r}
	first := len(b.holders)
	for _, res := range m.resources(r, "aws_iam_role", "awscc_iam_role") {
		name := res.Attr("name")
		if res.Type == "awscc_iam_role" {
			name = res.Attr("role_name")
		}
		h := &Holder{Resource: res, Name: name}
		if at := res.Attr("permissions_boundary"); !at.Missing() && at.TextOr("?") != "" {
			b.bound(h, res, at)
		}
		b.holders = append(b.holders, h)
		roles.add(h, res, name)
	}
	for _, res := range m.resources(r, "aws_ssoadmin_permission_set") {
		h := &Holder{Resource: res, Name: res.Attr("name")}
		b.holders = append(b.holders, h)
		sets.add(h, res, h.Name)
		if arn, ok := res.Attr("arn").Text(); ok && arn != "" {
			sets.alias(h, arn)
		}
	}
	b.of.join(roles)
	b.sets.join(sets)

	inline := func(in *indexes[*Holder], by *terraform.Resource, to, text *value.Value) {
		if doc := m.document(by, text, "policy"); doc != nil {
			attachPolicy(in, by, to, &AttachedPolicy{Resource: by, Name: by.Address, Document: doc})
		}
	}
	managed := func(in *indexes[*Holder], by *terraform.Resource, to, arn *value.Value) {
		if p := m.policyAt(by, arn); p.document != nil {
			attachPolicy(in, by, to, &AttachedPolicy{Resource: by, Name: p.name, Document: p.document, Unseen: p.unseen})
		}
	}
	for _, h := range b.holders[first:] {
		res := h.Resource
		own := func(a *AttachedPolicy) { h.Policies = append(h.Policies, a) }
		each(res.Attr("inline_policy"), func(v *value.Value) {
			text := v.Get("policy")
			if text.Missing() {
				return // inline_policy {} is none
			}
			if doc := m.document(res, text, "policy"); doc != nil {
				own(&AttachedPolicy{Resource: res, Name: res.Address, Document: doc})
			}
		})
		if res.Type == "awscc_iam_role" {
			each(res.Attr("policies"), func(v *value.Value) {
				if doc := m.document(res, v.Get("policy_document"), "policy"); doc != nil {
					own(&AttachedPolicy{Resource: res, Name: res.Address, Document: doc})
				}
			})
		}
		if res.Type != "aws_ssoadmin_permission_set" {
			each(res.Attr("managed_policy_arns"), func(arn *value.Value) {
				if p := m.policyAt(res, arn); p.document != nil {
					own(&AttachedPolicy{Resource: res, Name: p.name, Document: p.document, Unseen: p.unseen})
				}
			})
		}
	}
	for _, res := range m.resources(r, "aws_iam_role_policy") {
		inline(&b.of, res, res.Attr("role"), res.Attr("policy"))
	}
	for _, res := range m.resources(r, "aws_iam_role_policy_attachment") {
		managed(&b.of, res, res.Attr("role"), res.Attr("policy_arn"))
	}
	for _, res := range m.resources(r, "aws_iam_policy_attachment") {
		each(res.Attr("roles"), func(role *value.Value) { managed(&b.of, res, role, res.Attr("policy_arn")) })
	}
	for _, res := range m.resources(r, "aws_iam_role_policy_attachments_exclusive") {
		each(res.Attr("policy_arns"), func(arn *value.Value) { managed(&b.of, res, res.Attr("role_name"), arn) })
	}
	for _, res := range m.resources(r, "aws_ssoadmin_permission_set_inline_policy") {
		inline(&b.sets, res, res.Attr("permission_set_arn"), res.Attr("inline_policy"))
	}
	for _, res := range m.resources(r, "aws_ssoadmin_managed_policy_attachment") {
		managed(&b.sets, res, res.Attr("permission_set_arn"), res.Attr("managed_policy_arn"))
	}
	for _, res := range m.resources(r, "aws_ssoadmin_customer_managed_policy_attachment") {
		p := m.policyCalled(res, res.Attr("customer_managed_policy_reference"))
		if p.document != nil {
			attachPolicy(&b.sets, res, res.Attr("permission_set_arn"), &AttachedPolicy{Resource: res, Name: p.name, Document: p.document, Unseen: p.unseen})
		}
	}
	for _, res := range m.resources(r, "aws_ssoadmin_permissions_boundary_attachment") {
		targets(&b.sets, res, res.Attr("permission_set_arn"), func(h *Holder, _ value.Tri, _ []value.Reason) {
			at := res.Attr("permissions_boundary")
			if at.IsSequence() {
				at = at.At(0)
			}
			if arn := at.Get("managed_policy_arn"); !arn.Missing() {
				b.bound(h, res, arn)
			} else {
				p := m.policyCalled(res, single(at.Get("customer_managed_policy_reference")))
				b.boundBy(h, res, p)
			}
		})
	}
	b.takeAway(r)
	b.unread(r, b.holders[first:])
}

// bound sets the boundary of a role or permission set.
func (b *roleBinding) bound(h *Holder, by *terraform.Resource, arn *value.Value) {
	b.boundBy(h, by, b.m.policyAt(by, arn))
}

func (b *roleBinding) boundBy(h *Holder, by *terraform.Resource, p found) {
	h.Boundary, h.BoundaryName = p.document, p.name
	if h.Boundary == nil { // a gap: AWS refuses it, and what bounds the role is not known
		h.Boundary = unseen([]value.Reason{{Text: "the boundary " + p.name + ", which is no policy", Span: by.Header}})
	}
	h.BoundaryAt = by.AttributeSpan("permissions_boundary")
}

// attachPolicy binds a policy to the roles or permission sets that a value names.
func attachPolicy(in *indexes[*Holder], by *terraform.Resource, to *value.Value, p *AttachedPolicy) {
	targets(in, by, to, func(h *Holder, sure value.Tri, why []value.Reason) {
		a := p
		if sure != value.Yes {
			a = p.uncertain(why)
		}
		h.Policies = append(h.Policies, a)
	})
}

// policyCalled is the customer managed policy that a permission set names, path and
// name, in the accounts that it is assigned in.
func (m *Model) policyCalled(by *terraform.Resource, ref *value.Value) found {
	ref = single(ref)
	name, known := ref.Get("name").Text()
	if !known {
		why := ref.AllWhy()
		if len(why) == 0 {
			why = []value.Reason{{Text: "the policy that '" + by.Address + "' attaches is not known", Span: by.Header}}
		}
		return found{unseen(why), "a policy that is not known", true}
	}
	if p := m.policyNamed(by.Root, trimmed(ref.Get("path").TextOr("/"))+name); p != nil {
		return found{m.policyDocument(p), p.Address, false}
	}
	why := value.Reason{Text: "the policy " + name + ", which the scan does not declare", Span: by.Header}
	return found{unseen([]value.Reason{why}), name, true}
}

// trimmed is a path in front of a name: without the first slash.
func trimmed(path string) string {
	for len(path) > 0 && path[0] == '/' {
		path = path[1:]
	}
	return path
}

// single is the only block of its kind.
func single(v *value.Value) *value.Value {
	if v.IsSequence() && len(v.Elems) == 1 {
		return v.Elems[0]
	}
	return v
}

// takeAway makes uncertain what resources that are all there is of a kind take away.
func (b *roleBinding) takeAway(r *terraform.Root) {
	m := b.m
	take := func(by *terraform.Resource, listed func(*AttachedPolicy) value.Tri) {
		targets(&b.of, by, by.Attr("role_name"), func(h *Holder, _ value.Tri, _ []value.Reason) {
			for i, a := range h.Policies {
				if a.Resource != by && listed(a) != value.Yes {
					h.Policies[i] = a.uncertain(takenBy(by, a.Resource))
				}
			}
		})
	}
	for _, res := range m.resources(r, "aws_iam_role_policies_exclusive") {
		take(res, func(a *AttachedPolicy) value.Tri {
			if a.Resource.Type != "aws_iam_role_policy" {
				return value.Yes
			}
			return m.lists(res, res.Attr("policy_names"), a.Resource, a.Resource.Attr("name"))
		})
	}
	for _, res := range m.resources(r, "aws_iam_role_policy_attachments_exclusive") {
		take(res, func(a *AttachedPolicy) value.Tri {
			if a.Resource.Type != "aws_iam_role_policy_attachment" && a.Resource.Type != "aws_iam_policy_attachment" {
				return value.Yes
			}
			out := value.No
			each(res.Attr("policy_arns"), func(e *value.Value) {
				out = out.Or(m.samePolicy(res, e, a.Resource, a.Resource.Attr("policy_arn")))
			})
			return out
		})
	}
}

// unread stands for what modules that are not at hand may attach to a role that they
// are given.
func (b *roleBinding) unread(r *terraform.Root, holders []*Holder) {
	calls := r.UnreadModules()
	for _, h := range holders {
		for _, call := range calls {
			given := false
			call.Arguments.Walk(func(v *value.Value) bool {
				given = given || h.Resource.Is(v, "") || v.Is(value.String) && v.Known() && mayName(v, h.Name) == value.Yes
				return !given
			})
			if given {
				why := call.Why
				why.Text = fmt.Sprintf("what %s attaches: %s", call.Address, why.Text)
				h.Policies = append(h.Policies, &AttachedPolicy{Resource: h.Resource, Name: call.Address, Document: unseen(slices.Clone([]value.Reason{why})), Unseen: true})
			}
		}
	}
}
