package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// Keeper is what of a policy keeps a request out: a condition of a statement that
// allows, or (Condition nil) a statement that denies.
type Keeper struct {
	Statement *policy.Statement
	Condition *policy.Condition
}

// keepers are those of some documents, in order.
func keepers(docs []*policy.Document) []Keeper {
	var out []Keeper
	for _, d := range docs {
		if d == nil {
			continue
		}
		for _, s := range d.Statements {
			if s.Effect == policy.Deny {
				out = append(out, Keeper{Statement: s})
				continue
			}
			for i := range s.Conditions {
				out = append(out, Keeper{s, &s.Conditions[i]})
			}
		}
	}
	return out
}

// mostKeepers is how many are tried one by one: more than a policy that people
// wrote has.
const mostKeepers = 60

// Keeping finds what holds a proof up: the part without which a request would get
// through, and that request. ask is the same proof over other documents, and its
// witness nil where it holds. Where no part does it alone, it is the one that does
// when others were taken away before it; there is none where the principals keep
// everybody out whatever the conditions.
func Keeping(docs []*policy.Document, ask func([]*policy.Document) *Witness) (Keeper, *Witness, bool) {
	all := keepers(docs)
	if len(all) > mostKeepers {
		all = all[:mostKeepers]
	}
	for _, k := range all {
		if w := ask(without(docs, k)); w != nil {
			return k, w, true
		}
	}
	for n := 2; n <= len(all); n++ {
		if w := ask(without(docs, all[:n]...)); w != nil {
			return all[n-1], w, true
		}
	}
	return Keeper{}, nil, false
}

// without are the documents less some of their parts.
func without(docs []*policy.Document, parts ...Keeper) []*policy.Document {
	var out []*policy.Document
	for _, d := range docs {
		if d == nil {
			out = append(out, d)
			continue
		}
		less := *d
		less.Statements = nil
		for _, s := range d.Statements {
			if slices.ContainsFunc(parts, func(k Keeper) bool { return k.Statement == s && k.Condition == nil }) {
				continue
			}
			one := *s
			one.Document, one.Conditions = &less, nil
			for i := range s.Conditions {
				if !slices.ContainsFunc(parts, func(k Keeper) bool { return k.Condition == &s.Conditions[i] }) {
					one.Conditions = append(one.Conditions, s.Conditions[i])
				}
			}
			less.Statements = append(less.Statements, &one)
		}
		out = append(out, &less)
	}
	return out
}
