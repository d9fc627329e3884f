package organization

import (
	"net/netip"
	"time"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Terms are what a project says of root, by which it is judged.
type Terms struct {
	Now time.Time
	// Exempt are actions that root may always take without MFA.
	Exempt []string
	// Allowed are the networks that root may come from; none where any will do, so
	// long as they are known ones.
	Allowed []netip.Prefix
	// Rootless says of an account, by its id, that it has no root user: nothing is
	// asked of it. nil says so of none.
	Rootless func(account string) bool
}

// PartitionsOf is the partition of an organization, or nil when neither the
// command line nor the provider says which it is.
func PartitionsOf(o *identity.Organization) []string {
	if o == nil {
		return nil
	}
	r := o.Resource
	if r == nil && len(o.Policies) > 0 {
		r = o.Policies[0].Resource
	}
	if r == nil {
		return nil
	}
	if p := r.Partition(); p != "" {
		return []string{p}
	}
	return nil
}

// RootMFA asks whether root may act without MFA.
func RootMFA(o *identity.Organization, terms Terms) *Question[proof.RootResult] {
	opt := proof.RootOptions{Now: terms.Now, Exempt: terms.Exempt, Partitions: PartitionsOf(o)}
	return &Question[proof.RootResult]{
		org: o, rootless: terms.Rootless,
		Ask: func(levels []proof.Level) proof.RootResult {
			r := proof.RootMFA(levels, opt)
			if r.Near != nil && !r.Near.MeantForMFA() {
				r.Near = nil
			}
			return r
		},
		Verdict: func(r proof.RootResult) proof.Verdict { return r.Class.Verdict() },
		needs:   func(r proof.RootResult) []value.Reason { return r.Needs },
	}
}

// RootNetworks asks whether root is confined to known networks. A list that
// contradicts the allowed one counts as violated.
func RootNetworks(o *identity.Organization, terms Terms) *Question[proof.SourceIPResult] {
	opt := proof.SourceIPOptions{Now: terms.Now, Allowed: terms.Allowed, Partitions: PartitionsOf(o)}
	return &Question[proof.SourceIPResult]{
		org: o, rootless: terms.Rootless,
		Ask: func(levels []proof.Level) proof.SourceIPResult {
			r := proof.SourceIP(levels, opt)
			if r.Near != nil && !r.Near.Meant() {
				r.Near = nil
			}
			return r
		},
		Verdict: func(r proof.SourceIPResult) proof.Verdict {
			v := r.Class.Verdict()
			if v == proof.Holds && len(opt.Allowed) > 0 && !r.Denied {
				switch r.Contradicts {
				case value.Yes:
					return proof.Violated
				case value.Maybe:
					return proof.Undetermined
				}
			}
			return v
		},
		needs: func(r proof.SourceIPResult) []value.Reason { return r.Needs },
	}
}

// Unrestrained are the places where root is neither denied, as mfa says, nor
// confined to known networks; needs are what would decide it for the others.
func Unrestrained(o *identity.Organization, terms Terms, mfa []Outcome[proof.RootResult]) (free []Place, needs []value.Reason) {
	networks := RootNetworks(o, terms).Outcomes()
	for i, m := range mfa {
		denied := value.TriOf(m.Result.Class == proof.RootDenied)
		if m.Verdict == proof.Undetermined {
			denied = value.Maybe
		}
		confined := value.TriOf(networks[i].Verdict == proof.Holds)
		if networks[i].Verdict == proof.Undetermined {
			confined = value.Maybe
		}
		switch denied.Or(confined) {
		case value.No:
			free = append(free, m.Place)
		case value.Maybe:
			needs = append(append(needs, m.Needs...), networks[i].Needs...)
			if len(needs) == 0 {
				needs = []value.Reason{{Text: "the service control policies that bind " + m.Place.String(), Span: o.Resource.Header}}
			}
		}
	}
	return free, needs
}
