package value

import "slices"

// A value that is not wholly known may still be one of a few: what a condition
// that is not known chooses from (Candidates), or a sequence with or without
// members that are known themselves (Rest). Such a value is a set of values,
// and what holds of all of them holds of it.

// maxCandidates bounds what one value is known to be one of.
const maxCandidates = 16

// AnyOf is a value that is one of several; nil when one of them is nil, or when
// they are too many to keep.
func AnyOf(vs ...*Value) *Value {
	var list []Case
	for _, v := range vs {
		if v == nil {
			return nil
		}
		list = append(list, Case{Value: v})
	}
	list = distinct(flat(list))
	switch {
	case len(list) == 0 || len(list) > maxCandidates:
		return nil
	case len(list) == 1:
		return list[0].Value
	}
	out := &Value{Type: list[0].Value.Type, Span: list[0].Value.Span}
	for _, c := range list {
		out.Candidates = append(out.Candidates, c.Value)
		out.Sensitive = out.Sensitive || c.Value.Sensitive
		out.Assumptions = MergeAssumptions(out.Assumptions, c.Value.Assumptions)
	}
	return out
}

// A Given is that a test of the configuration, whose result is not known, comes
// out so.
type Given struct {
	Test  string // names the test: the same everywhere
	Holds bool
}

// Givens all hold.
type Givens []Given

// And is all of both; ok is false when they contradict each other.
func (g Givens) And(more Givens) (all Givens, ok bool) {
	all = g[:len(g):len(g)]
	for _, m := range more {
		switch {
		case slices.Contains(g, Given{m.Test, !m.Holds}):
			return nil, false
		case !slices.Contains(all, m):
			all = append(all, m)
		}
	}
	return all, true
}

// common is what is in both.
func (g Givens) common(other Givens) Givens {
	return slices.DeleteFunc(slices.Clone(g), func(x Given) bool { return !slices.Contains(other, x) })
}

// A Case is a value that another one is under what is given.
type Case struct {
	Value *Value
	When  Givens
}

// Cases are the Candidates with what is given of each.
func (v *Value) Cases() []Case {
	if v == nil {
		return nil
	}
	out := make([]Case, len(v.Candidates))
	for i, c := range v.Candidates {
		out[i].Value = c
		if i < len(v.When) {
			out[i].When = v.When[i]
		}
	}
	return out
}

// distinct leaves out values that are the same, wherever they stand. Of such
// only that holds which is given of each.
func distinct(list []Case) []Case {
	at := map[string]int{}
	var out []Case
	for _, c := range list {
		key := Key(c.Value)
		if i, seen := at[key]; seen {
			out[i].When = out[i].When.common(c.When)
			continue
		}
		at[key] = len(out)
		out = append(out, c)
	}
	return out
}

// flat is the cases with the candidates of those that have some in their place.
func flat(cases []Case) []Case {
	var out []Case
	for _, c := range cases {
		if len(c.Value.Candidates) == 0 {
			out = append(out, c)
			continue
		}
		for _, inner := range c.Value.Cases() {
			if when, ok := c.When.And(inner.When); ok {
				out = append(out, Case{inner.Value, when})
			}
		}
	}
	return out
}

// OneOf is v, which is known to be one of the cases: of one, that itself when it
// is known. Of too many it is v, of which less is known.
func OneOf(v *Value, cases []Case) *Value {
	list := distinct(flat(cases))
	if len(list) == 1 && list[0].Value.Known() {
		w := *list[0].Value
		w.Assumptions = MergeAssumptions(w.Assumptions, v.Assumptions)
		w.Sensitive = w.Sensitive || v.Sensitive
		return &w
	}
	w := *v
	w.Candidates, w.When = nil, nil
	if len(list) > maxCandidates {
		return &w
	}
	given := false
	for _, c := range list {
		w.Candidates, w.When = append(w.Candidates, c.Value), append(w.When, c.When)
		given = given || len(c.When) > 0
	}
	if !given {
		w.When = nil
	}
	return &w
}

// Optional are the members that an open sequence may have beside those that are
// listed, when they are a few and known; nil when there may be others.
func (v *Value) Optional() []*Value {
	if !v.IsSequence() || !v.Open || v.Rest == nil {
		return nil
	}
	list := v.Rest.alternatives()
	for _, o := range list {
		if !o.Known() {
			return nil
		}
	}
	return list
}

// Unlisted are what each member of a sequence that is not listed is one of; nil
// when nothing is known of them.
func (v *Value) Unlisted() []*Value {
	if v == nil || v.Rest == nil {
		return nil
	}
	return v.Rest.alternatives()
}

func (v *Value) alternatives() []*Value {
	if v.Is(Unknown) && len(v.Candidates) > 0 {
		return v.Candidates
	}
	return []*Value{v}
}

// Alternatives are what v is one of: its candidates, or the sequence with and
// without the first of its optional members. Nil when v is no such value.
func (v *Value) Alternatives() []Case {
	if v == nil {
		return nil
	}
	if len(v.Candidates) > 0 {
		return v.Cases()
	}
	optional := v.Optional()
	if len(optional) == 0 {
		return nil
	}
	without := *v
	if without.Rest = AnyOf(optional[1:]...); without.Rest == nil {
		without.Open, without.Why = false, nil
	}
	with := without
	with.Elems = append(v.Elems[:len(v.Elems):len(v.Elems)], optional[0])
	return []Case{{Value: &with}, {Value: &without}}
}

// Choices are the parts of v, itself included, that have Alternatives, the
// outermost ones of each, at most so deep (v itself is 0).
func Choices(v *Value, depth int) []*Value {
	var out []*Value
	var walk func(*Value, int)
	walk = func(v *Value, depth int) {
		switch {
		case v == nil || depth < 0:
			return
		case len(v.Candidates) > 0 || len(v.Optional()) > 0:
			out = append(out, v)
			return
		case v.JSON != nil:
			walk(v.JSON, depth)
			return
		}
		for _, p := range v.Parts {
			walk(p.Hole, depth)
		}
		for _, e := range v.Elems {
			walk(e, depth-1)
		}
		for _, a := range v.Attrs {
			walk(a.Name, depth-1)
			walk(a.Value, depth-1)
		}
	}
	walk(v, depth)
	return out
}

// Instead is v with something else in the place of one of its parts, wherever
// the part stands. A member that is absent then is left out.
func Instead(v, part, by *Value) *Value {
	if v == nil || v == part {
		if v == part {
			return by
		}
		return v
	}
	if v.JSON != nil {
		tree := Instead(v.JSON, part, by)
		if tree == v.JSON {
			return v
		}
		w := *v
		w.JSON = tree
		return &w
	}
	w := *v
	same := true
	replace := func(old *Value) *Value {
		now := Instead(old, part, by)
		same = same && now == old
		return now
	}
	w.Parts, w.Elems, w.Attrs = nil, nil, nil
	for _, p := range v.Parts {
		if p.Hole == nil {
			w.Parts = append(w.Parts, p)
			continue
		}
		now := replace(p.Hole)
		pieces, ok := now.AsParts()
		if !ok { // no text: Terraform refuses that, or prints it
			pieces = []Part{{Hole: Of(Type{Kind: String}, p.Hole.Span, p.Hole.Why...)}}
		}
		w.Parts = append(w.Parts, pieces...)
	}
	for _, e := range v.Elems {
		if e = replace(e); !e.Is(Absent) {
			w.Elems = append(w.Elems, e)
		}
	}
	for _, a := range v.Attrs {
		a.Name, a.Value = replace(a.Name), replace(a.Value)
		if !a.Value.Is(Absent) {
			w.Attrs = append(w.Attrs, a)
		}
	}
	if same {
		return v
	}
	return &w
}

// Under is v under what is given: candidates that contradict it are left out.
func Under(v *Value, given Givens) *Value {
	if len(given) == 0 {
		return v
	}
	for _, c := range Choices(v, anyDepth) {
		var left []Case
		for _, one := range c.Cases() {
			if _, ok := given.And(one.When); ok {
				left = append(left, one)
			}
		}
		switch {
		case len(left) == 1 && len(left) < len(c.Candidates):
			v = Instead(v, c, Under(left[0].Value, given))
		case len(left) > 0 && len(left) < len(c.Candidates):
			w := *c
			w.Candidates, w.When = nil, nil
			for _, one := range left {
				w.Candidates, w.When = append(w.Candidates, one.Value), append(w.When, one.When)
			}
			v = Instead(v, c, &w)
		}
	}
	return v
}

// anyDepth is deeper than any value that people write.
const anyDepth = 200

// Combinations are all that v is one of, as far as its parts down to a depth
// have Candidates; nil when they have none, or when they are too many.
func Combinations(v *Value, depth int) []Case {
	if !slices.ContainsFunc(Choices(v, depth), func(c *Value) bool { return len(c.Candidates) > 0 }) {
		return nil
	}
	out, ok := combinations(Case{Value: v}, depth, maxCandidates)
	if !ok {
		return nil
	}
	return out
}

func combinations(c Case, depth, limit int) (out []Case, ok bool) {
	for _, choice := range Choices(c.Value, depth) {
		if len(choice.Candidates) == 0 {
			continue
		}
		for _, by := range choice.Cases() {
			when, possible := c.When.And(by.When)
			if !possible {
				continue
			}
			more, ok := combinations(Case{Instead(c.Value, choice, by.Value), when}, depth, limit-len(out))
			if !ok {
				return nil, false
			}
			out = append(out, more...)
		}
		return out, true
	}
	return []Case{c}, limit > 0
}

// Within says that f holds of v or of something that is, or may be, in it.
func (v *Value) Within(f func(*Value) bool) bool {
	found := false
	v.Walk(func(w *Value) bool {
		found = found || f(w) || w.Rest.Within(f)
		for _, c := range w.Candidates {
			found = found || c.Within(f)
		}
		return !found
	})
	return found
}
