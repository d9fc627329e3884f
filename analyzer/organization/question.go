package organization

import (
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Question asks for a property at places of an organization, once for each
// binding: what is proven of one place is proven of all that are bound alike.
type Question[R any] struct {
	// Ask decides it under the policies of some levels, whatever else binds a place.
	Ask func([]proof.Level) R
	// Verdict and needs read the answer.
	Verdict func(R) proof.Verdict
	needs   func(R) []value.Reason

	org      *identity.Organization
	rootless func(account string) bool
}

// Outcome is the answer for one place.
type Outcome[R any] struct {
	Place
	Verdict proof.Verdict
	Result  R
	Needs   []value.Reason // of an undetermined one
	// Levels are the policies that certainly bind the place.
	Levels []proof.Level
}

// Outcomes are the answers for all places, in their order: with what certainly
// binds a place, and where that does not do but what may bind it would,
// undetermined.
func (q *Question[R]) Outcomes() []Outcome[R] {
	bs := BindingsOf(q.org)
	memo := map[*Binding]Outcome[R]{}
	var out []Outcome[R]
	for _, p := range placesOf(q.org, q.rootless) {
		b := bs.Of(p.Node)
		answer, done := memo[b]
		if !done {
			answer = q.At(b)
			memo[b] = answer
		}
		answer.Place, answer.Levels = p, b.Certain
		// Where nobody may ever be, nothing is violated for sure.
		if why, exists := p.exists(q.org); answer.Verdict == proof.Violated && exists != value.Yes {
			answer.Verdict, answer.Needs = proof.Undetermined, why
		}
		out = append(out, answer)
	}
	return out
}

// At is the answer under a binding. A policy that may bind as well can only deny
// more. So what holds under the certain ones holds, and what is violated under all
// possible ones is violated; between the two lies what is not known.
func (q *Question[R]) At(b *Binding) Outcome[R] {
	r := q.Ask(b.Certain)
	switch verdict := q.Verdict(r); {
	case verdict == proof.Violated && b.doubtful:
		perhaps := q.Ask(b.possible)
		if q.Verdict(perhaps) == proof.Violated {
			return Outcome[R]{Verdict: proof.Violated, Result: r}
		}
		return Outcome[R]{Verdict: proof.Undetermined, Result: r, Needs: value.Distinct(append(b.why[:len(b.why):len(b.why)], q.needs(perhaps)...))}
	case verdict == proof.Undetermined:
		return Outcome[R]{Verdict: verdict, Result: r, Needs: value.Distinct(q.needs(r))}
	case verdict == proof.Holds:
		if enabled, why := PoliciesEnabled(q.org); enabled == value.Maybe { // what holds may have no effect
			return Outcome[R]{Verdict: proof.Undetermined, Result: r, Needs: why}
		}
		return Outcome[R]{Verdict: verdict, Result: r}
	default:
		return Outcome[R]{Verdict: verdict, Result: r}
	}
}

// ByVerdict are the outcomes by their verdict.
func ByVerdict[R any](all []Outcome[R]) (held, failed, undetermined []Outcome[R]) {
	for _, o := range all {
		switch o.Verdict {
		case proof.Violated:
			failed = append(failed, o)
		case proof.Undetermined:
			undetermined = append(undetermined, o)
		default:
			held = append(held, o)
		}
	}
	return held, failed, undetermined
}

// Where are the places of outcomes.
func Where[R any](list []Outcome[R]) []Place {
	var out []Place
	for _, o := range list {
		out = append(out, o.Place)
	}
	return out
}
