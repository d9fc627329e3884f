package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/value"
)

// limits is advice about what AWS refuses for its size: a policy that is too
// long, a node with too many. A policy that is too long and would have kept root
// from acting is not advice: it protects nothing, and the proofs say so.
func limits(m *identity.Model, o *identity.Organization) *analyzer.Finding {
	for _, p := range m.OrganizationPolicies {
		if p.Exists() != value.Yes || !p.TooLong() {
			continue
		}
		return &analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: p.Resource.AttributeSpan("content"), Defect: "too-long",
			Message: fmt.Sprintf("'%s' has no effect: %s.", p.Resource.Address, tooLong(p)),
		}
	}
	var found *analyzer.Finding
	o.Root.Walk(func(n *identity.Node) {
		scps, rcps := attached(n)
		if found != nil || scps <= identity.SCPsAttached && rcps <= identity.RCPsAttached {
			return
		}
		kind, count, limit := "service", scps, identity.SCPsAttached
		if scps <= identity.SCPsAttached {
			kind, count, limit = "resource", rcps, identity.RCPsAttached
		}
		r := o.Resource
		if n.Resource != nil {
			r = n.Resource
		}
		found = &analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: r, Span: r.Header, Defect: "too-many-policies",
			Message: fmt.Sprintf("AWS refuses some of the attachments to '%s': %d %s control policies are attached here, and %d may be, with the one that allows everything; join some of them.", n.Name, count, kind, limit),
		}
	})
	return found
}

// tooLong says what AWS refuses about the length of a policy.
func tooLong(p *identity.OrganizationPolicy) string {
	kind, limit := "service", identity.SCPCharacters
	if p.IsRCP() == value.Yes {
		kind, limit = "resource", identity.RCPCharacters
	}
	return fmt.Sprintf("AWS refuses it for its %d characters, of which a %s control policy may have %d; split it, or have jsonencode or minified_json leave the spaces out", p.Length(), kind, limit)
}

// attached counts the policies that are certainly attached to a node.
func attached(n *identity.Node) (scps, rcps int) {
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
