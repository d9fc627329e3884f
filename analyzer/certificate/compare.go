package certificate

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// Narrower claims that changed policies allow no more than those before, to nobody,
// with no action on anything: what their Allows cover, Allows before do, and what
// Denies before covered, theirs do.
func Narrower(before, after []*policy.Document, partition string) *Claim {
	e := newEncoder(partition, slices.Concat(before, after))
	e.anybody = true
	of := []policy.CallerKind{policy.RootCaller, policy.UserCaller, policy.RoleCaller}
	e.called(of...)
	e.identify(of...)
	e.agedMFA()
	e.acts()
	request := e.exactly(e.and(e.hasResource(), e.rightIDs()))
	covered := func(docs []*policy.Document, effect policy.Effect) tri {
		out := e.exactly(e.no)
		for _, d := range docs {
			if d.Open {
				out = e.triOr(out, e.unknown())
			}
			for _, s := range d.Statements {
				switch s.Effect {
				case effect:
					out = e.triOr(out, e.matches(s, e.action))
				case policy.EffectUnknown:
					out = e.triOr(out, e.triAnd(e.matches(s, e.action), e.unknown()))
				}
			}
		}
		return out
	}
	c := &Claim{Words: "no request is allowed, or no longer denied, that was not before", encoder: e}
	c.refute("a request that is allowed now", e.triAnd(request, covered(after, policy.Allow), e.triNot(covered(before, policy.Allow))))
	c.refute("a request that is no longer denied", e.triAnd(request, covered(before, policy.Deny), e.triNot(covered(after, policy.Deny))))
	return c
}

// agedMFA sets the keys about MFA of anybody: how long ago it was used is there only
// where it was.
func (e *encoder) agedMFA() {
	present := e.choice("MFA", "false", "true")
	there := e.flag("aws:multifactorauthpresent is there")
	e.set("aws:multifactorauthpresent", key{family: policy.BoolFamily, cases: []keyCase{{when: there, pieces: varying(present)}}})
	age := e.variable("age of MFA", number, nil)
	age.integer, age.spans = true, spansFromZero()
	used := e.and(there, e.member(present, e.pool.text("true")), e.flag("aws:multifactorauthage is there"))
	e.set("aws:multifactorauthage", key{family: policy.NumericFamily, cases: []keyCase{{when: used, number: age}}})
}
