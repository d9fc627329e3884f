package organization

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// PolicyOf is the policy that a document belongs to.
func PolicyOf(o *identity.Organization, d *policy.Document) *identity.OrganizationPolicy {
	for _, p := range o.Policies {
		if p.Document != nil && p.Document == d {
			return p
		}
	}
	return nil
}

// PoliciesOf are the policies that statements belong to, each once.
func PoliciesOf(o *identity.Organization, statements []*policy.Statement) []*identity.OrganizationPolicy {
	var out []*identity.OrganizationPolicy
	for _, s := range statements {
		if p := PolicyOf(o, s.Document); p != nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// BindsNothing says that a policy has no attachment but to the management
// account.
func BindsNothing(o *identity.Organization, p *identity.OrganizationPolicy) bool {
	for _, a := range p.Attachments {
		if !slices.Contains(o.Management, a) {
			return false
		}
	}
	return true
}

// Alone is the levels of a policy as if it were attached to the root.
func Alone(d *policy.Document) []proof.Level {
	return []proof.Level{{Documents: []*policy.Document{d}, FullAccess: value.Yes}}
}

// Together is the levels of policies as if all were attached to the root.
func Together(policies []*identity.OrganizationPolicy) []proof.Level {
	level := proof.Level{FullAccess: value.Yes}
	for _, p := range policies {
		level.Documents = append(level.Documents, p.Document)
	}
	return []proof.Level{level}
}

// PoliciesByRoot are the SCPs that certainly exist, by the root module that
// declares them: what stands together is most likely attached together.
func PoliciesByRoot(o *identity.Organization) [][]*identity.OrganizationPolicy {
	var out [][]*identity.OrganizationPolicy
	at := map[*terraform.Root]int{}
	for _, p := range o.Policies {
		if p.Document == nil || p.IsSCP() != value.Yes || p.Exists() != value.Yes {
			continue
		}
		i, known := at[p.Resource.Root]
		if !known {
			i, at[p.Resource.Root] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out
}

// Attached counts the policies that are certainly attached to a node.
func Attached(n *identity.Node) (scps, rcps int) {
	for _, a := range n.Attachments {
		switch {
		case a.Certain() != value.Yes || a.Policy == nil || a.Policy.Exists() != value.Yes:
		case a.Policy.IsSCP() == value.Yes:
			scps++
		case a.Policy.IsRCP() == value.Yes:
			rcps++
		}
	}
	return scps, rcps
}

// PolicyIn is the policy that a document belongs to, of any organization.
func PolicyIn(m *identity.Model, d *policy.Document) *identity.OrganizationPolicy {
	if m.Beside != nil {
		m = m.Beside
	}
	for _, o := range m.OrganizationPolicies {
		if o.Document == d {
			return o
		}
	}
	return nil
}

// SignInPolicy is a resource control policy that is attached and denies signing
// in; nil when there is none.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssign-in.html
func SignInPolicy(o *identity.Organization) *terraform.Resource {
	var found *terraform.Resource
	o.Root.Walk(func(n *identity.Node) {
		for _, a := range n.Attachments {
			if a.Policy == nil || a.Policy.IsRCP() == value.No || a.Policy.Document == nil {
				continue
			}
			denies := func(s *policy.Statement) bool {
				return s.Effect == policy.Deny && s.AdmitsAction("signin:Authenticate") != value.No
			}
			if found == nil && slices.ContainsFunc(a.Policy.Document.Statements, denies) {
				found = a.Policy.Resource
			}
		}
	})
	return found
}
