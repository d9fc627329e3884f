package organization

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Estate is what a resource is in an organization: the organization or a node of it
// (Node), a policy, or what attaches one.
type Estate struct {
	Org        *identity.Organization
	Node       *identity.Node
	Policy     *identity.OrganizationPolicy
	Attachment *identity.Attachment
}

// EstateOf finds what a resource is in the organizations of a scan.
func EstateOf(m *identity.Model, r *terraform.Resource) (out Estate, found bool) {
	for _, o := range m.Organizations {
		out = Estate{Org: o}
		if r != nil && (o.Resource == r || o.Features == r) {
			out.Node = o.Root
			return out, true
		}
		o.Root.Walk(func(n *identity.Node) {
			if r != nil && n.Resource == r {
				out.Node = n
			}
		})
		if out.Node != nil {
			return out, true
		}
		for _, p := range o.Policies {
			if p.Resource == r {
				out.Policy = p
				return out, true
			}
		}
		for _, p := range m.OrganizationPolicies {
			for _, a := range p.Attachments {
				if a.Resource == r && slices.Contains(o.Policies, p) {
					out.Policy, out.Attachment = p, a
					return out, true
				}
			}
		}
	}
	return Estate{}, false
}
