package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
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
			switch {
			case s.Value == nil:
				continue
			case s.Effect == policy.Deny:
				out = append(out, Keeper{Statement: s})
				continue
			}
			for i := range s.Conditions {
				if s.Conditions[i].KeyValue != nil {
					out = append(out, Keeper{s, &s.Conditions[i]})
				}
			}
		}
	}
	return out
}

// mostKeepers is how many are tried one by one: more than a policy that people
// wrote has.
const mostKeepers = 24

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

// without are the documents less some of their parts. They are parsed from what is
// left of their text, as proofs may look at that again.
func without(docs []*policy.Document, parts ...Keeper) []*policy.Document {
	gone := map[*value.Value]bool{}
	for _, k := range parts {
		if k.Condition == nil {
			gone[k.Statement.Value] = true
		} else {
			gone[k.Condition.KeyValue] = true
		}
	}
	out := slices.Clone(docs)
	for i, d := range docs {
		if d == nil || !slices.ContainsFunc(parts, func(k Keeper) bool { return slices.Contains(d.Statements, k.Statement) }) {
			continue
		}
		if less, err := policy.Parse(withoutMembers(d.Value, gone)); err == nil {
			out[i] = less
		}
	}
	return out
}

// withoutMembers is a value without the members that have gone, by themselves or by their names.
// Where all that an attribute holds is one of them, it is empty.
func withoutMembers(v *value.Value, gone map[*value.Value]bool) *value.Value {
	if v == nil || !v.IsMapping() && !v.IsSequence() && v.JSON == nil {
		return v
	}
	less := *v
	less.JSON, less.Elems, less.Attrs = withoutMembers(v.JSON, gone), nil, nil
	for _, e := range v.Elems {
		if !gone[e] {
			less.Elems = append(less.Elems, withoutMembers(e, gone))
		}
	}
	for _, a := range v.Attrs {
		switch {
		case gone[a.Name]:
			continue
		case gone[a.Value]:
			a.Value = &value.Value{Kind: value.Tuple, Span: a.Value.Span}
		default:
			held := a.Value
			a.Value = withoutMembers(held, gone)
			if len(held.Attrs) > 0 && len(a.Value.Attrs) == 0 {
				continue // AWS refuses an operator without keys
			}
		}
		less.Attrs = append(less.Attrs, a)
	}
	return &less
}
