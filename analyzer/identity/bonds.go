package identity

import (
	"maps"
	"slices"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Bonds are what of the people of a root is judged together: a verdict about a user, a
// key or a password rests on what is bound to it, and on nothing else of people.
type Bonds struct {
	// Own are pairs of which each is judged with the other: a user and its key.
	Own [][2]*terraform.Resource
	// Shared are pairs of which the first is judged with the second, as others may be: a
	// user and a group, or the policy of that.
	Shared [][2]*terraform.Resource
	// Loose are those of which it is not known whose they are, or that take away what
	// others declare: any user of the root may be judged with them.
	Loose []*terraform.Resource
	// Listed says that something takes away the policies that it does not name: what any
	// inline policy is called decides about it.
	Listed bool
	// Open says that something has no owner because its user's name is not known: what
	// users are called decides about it.
	Open bool
}

// bonded are the types of people that Bonds knows of. Of any other type it is not known
// who is judged with it.
var bonded = map[string]bool{
	"aws_iam_user": true, "aws_iam_access_key": true, "aws_iam_user_login_profile": true, "aws_iam_virtual_mfa_device": true,
	"aws_iam_signing_certificate": true, "aws_iam_user_ssh_key": true, "aws_iam_service_specific_credential": true,
	"aws_iam_group": true, "aws_iam_user_group_membership": true, "aws_iam_policy": true,
	"aws_iam_user_policy": true, "aws_iam_group_policy": true, "aws_iam_user_policy_attachment": true, "aws_iam_group_policy_attachment": true,
}

// Bonded says that Bonds tells who is judged with a resource of a type.
func Bonded(typ string) bool { return bonded[typ] }

// takers are the types that take away what they do not list; see takeAway.
var takers = []string{
	"aws_iam_user_policies_exclusive", "aws_iam_group_policies_exclusive", "aws_iam_user_policy_attachments_exclusive",
	"aws_iam_group_policy_attachments_exclusive", "aws_iam_policy_attachment", "aws_iam_group_membership",
}

// ofUsers are the resources of a root that name a user, by the user; under nil those whose
// user is not declared in it.
type ofUsers struct {
	of     map[*User][]*terraform.Resource
	open   bool     // one of those has a name that is not known
	logins []*Login // of those
}

// byRoot is what names users, root by root: it is asked of one root after the other.
func (m *Model) byRoot() map[*terraform.Root]*ofUsers {
	if m.namedIn != nil {
		return m.namedIn
	}
	m.namedIn = map[*terraform.Root]*ofUsers{}
	add := func(owner *User, r *terraform.Resource, name *value.Value) *ofUsers {
		n := m.namedIn[r.Root]
		if n == nil {
			n = &ofUsers{of: map[*User][]*terraform.Resource{}}
			m.namedIn[r.Root] = n
		}
		n.of[owner] = append(n.of[owner], r)
		n.open = n.open || owner == nil && !name.Known()
		return n
	}
	for _, u := range m.Users {
		add(u, u.Resource, u.Name)
	}
	for _, k := range slices.Concat(m.Keys, m.Forgotten) {
		add(k.Owner, k.Resource, k.User)
	}
	for _, l := range m.Logins {
		if n := add(l.Owner, l.Resource, l.User); l.Owner == nil {
			n.logins = append(n.logins, l)
		}
	}
	for _, c := range m.Credentials {
		add(c.Owner, c.Resource, c.User)
	}
	for _, d := range m.MFADevices {
		if d.Owner != nil { // nobody's is judged with nobody
			add(d.Owner, d.Resource, d.Name)
		}
	}
	return m.namedIn
}

// BondsOf are those of a root. Without a password in the scan nobody asks which policies
// bind users, so that these are not joined.
func (m *Model) BondsOf(root *terraform.Root, policies bool) *Bonds {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := &Bonds{}
	n := m.byRoot()[root]
	if n == nil {
		n = &ofUsers{}
	}
	for u, resources := range n.of {
		if u == nil {
			b.Loose = append(b.Loose, resources...)
			continue
		}
		for _, r := range resources {
			b.Own = append(b.Own, [2]*terraform.Resource{u.Resource, r})
		}
	}
	b.Open = n.open
	if !policies {
		return b
	}
	m.bind()
	b.Loose = append(b.Loose, root.Resources(takers...)...)
	b.Listed = slices.ContainsFunc(b.Loose, func(r *terraform.Resource) bool {
		return r.Type == "aws_iam_user_policies_exclusive" || r.Type == "aws_iam_group_policies_exclusive"
	})
	for u := range n.of {
		if u != nil {
			m.bondsOfPolicies(b, u)
		}
	}
	for _, l := range n.logins {
		if u := m.outsiders[l]; u != nil {
			m.bondsOfPolicies(b, u)
		}
	}
	return b
}

// bondsOfPolicies are those of a user with what gives it policies.
func (m *Model) bondsOfPolicies(b *Bonds, u *User) {
	shared := map[*terraform.Resource]bool{}
	attached := func(policies []*AttachedPolicy, own bool) {
		for _, a := range policies {
			if own && (a.Resource.Type == "aws_iam_user_policy" || a.Resource.Type == "aws_iam_user_policy_attachment") {
				b.Own = append(b.Own, [2]*terraform.Resource{u.Resource, a.Resource})
			} else {
				shared[a.Resource] = true
			}
			if p := m.declaredPolicy(a.Resource, a.Resource.Attr("policy_arn")); p != nil {
				shared[p] = true
			}
		}
	}
	attached(u.policies, true)
	for _, g := range u.groups {
		if g.by.Type == "aws_iam_user_group_membership" {
			b.Own = append(b.Own, [2]*terraform.Resource{u.Resource, g.by})
		} else {
			shared[g.by] = true
		}
		if g.group != nil {
			shared[g.group.Resource] = true
			attached(g.group.policies, false)
		}
	}
	if p := m.declaredPolicy(u.Resource, u.Resource.Attr("permissions_boundary")); p != nil {
		shared[p] = true
	}
	for r := range maps.Keys(shared) {
		b.Shared = append(b.Shared, [2]*terraform.Resource{u.Resource, r})
	}
}
