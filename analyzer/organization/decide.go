package organization

import (
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Decision is what was decided of a property for the accounts at a node.
type Decision struct {
	Verdict proof.Verdict
	// Class is the verdict in one word, for people: "denied", "open".
	Class string
	// Words is the request that gets through, where one does.
	Words string
	// Near is a statement that sets out to bring it about and does not; nil for none.
	Near  *proof.NearMiss
	Needs []value.Reason // of an undetermined one
}

// Decisions are the properties of an organization's nodes.
type Decisions struct {
	// Disabled says why no service control policy has any effect; "" when they do.
	Disabled string
	RootMFA  func(*identity.Node) Decision
	Networks func(*identity.Node) Decision
}

// Decide decides, for iamvet org, what IV102 and IV105 decide, node by node.
func Decide(o *identity.Organization, terms Terms) *Decisions {
	d := &Decisions{}
	if o.Resource != nil {
		if by := DisablingOf(o); by != nil {
			d.Disabled = by.So("nothing that is attached has any effect")
		}
	}
	mfa := RootMFA(o, terms)
	d.RootMFA = decider(o, d.Disabled != "", mfa, func(r proof.RootResult) (string, *proof.Witness, *proof.NearMiss) {
		if r.Near != nil && !r.Near.MeantForMFA() {
			r.Near = nil
		}
		return rootClass(r.Class), r.Witness, r.Near
	})
	networks := RootNetworks(o, terms)
	d.Networks = decider(o, d.Disabled != "", networks, func(r proof.SourceIPResult) (string, *proof.Witness, *proof.NearMiss) {
		return networkClass(r, len(terms.Allowed) > 0), r.Witness, r.Near
	})
	if terms.Rootless != nil {
		d.RootMFA, d.Networks = unlessRootless(terms.Rootless, d.RootMFA), unlessRootless(terms.Rootless, d.Networks)
	}
	return d
}

// unlessRootless asks nothing of accounts that have no root user.
func unlessRootless(rootless func(string) bool, decide func(*identity.Node) Decision) func(*identity.Node) Decision {
	return func(n *identity.Node) Decision {
		if n.Kind == identity.Account && rootless(n.ID) {
			return Decision{Verdict: proof.NotApplicable, Class: "no root"}
		}
		return decide(n)
	}
}

// decider answers a question node by node, once for each binding.
func decider[R any](o *identity.Organization, disabled bool, q *Question[R], describe func(R) (string, *proof.Witness, *proof.NearMiss)) func(*identity.Node) Decision {
	bs := BindingsOf(o)
	memo := map[*Binding]Decision{}
	return func(n *identity.Node) Decision {
		b := bs.Of(n)
		if disabled { // the same everywhere, whatever is attached
			b = nil
		}
		if known, done := memo[b]; done {
			return known
		}
		at := b
		if b == nil {
			at = (*Binding)(nil).with(step{})
		}
		answer := q.At(at)
		d := Decision{Verdict: answer.Verdict, Needs: answer.Needs}
		var w *proof.Witness
		var near *proof.NearMiss
		d.Class, w, near = describe(answer.Result)
		switch {
		case d.Verdict == proof.Undetermined:
			d.Class = "unknown"
		case d.Verdict == proof.Violated && o.Resource == nil:
			// What else binds it is declared elsewhere.
			d.Verdict, d.Class = proof.Undetermined, "unknown"
			d.Needs = []value.Reason{{Text: "the organization is not declared in this scan, nor what else is attached in it"}}
		case d.Verdict == proof.Violated && w != nil:
			d.Words = w.Words
			if w.Because != "" {
				d.Words += ": " + w.Because
			}
		}
		if d.Verdict == proof.Violated {
			d.Near = near
		}
		memo[b] = d
		return d
	}
}

func rootClass(c proof.RootClass) string {
	switch c {
	case proof.RootDenied:
		return "denied"
	case proof.MFAEnforced:
		return "enforced"
	case proof.RootPartial:
		return "partial"
	case proof.RootNone, proof.RootMalformed:
		return "open"
	}
	return "unknown"
}

func networkClass(r proof.SourceIPResult, configured bool) string {
	switch r.Class.Verdict() {
	case proof.Holds:
		switch {
		case r.Denied:
			return "denied"
		case configured && r.Contradicts == value.Yes:
			return "contradicts"
		case r.Class == proof.IPLockout:
			return "lockout"
		}
		return "confined"
	case proof.Violated:
		if r.Class == proof.IPNone || r.Class == proof.IPVacuous || r.Class == proof.IPMalformed {
			return "open"
		}
		return "partial"
	}
	return "unknown"
}
