package value

// A value that is not wholly known may still be one of a few: what a condition
// that is not known chooses from (Candidates), or a sequence with or without
// members that are known themselves (Rest). Such a value is a set of values,
// and what holds of all of them holds of it.

// maxCandidates bounds what one value is known to be one of.
const maxCandidates = 16

// AnyOf is a value that is one of several; nil when one of them is nil, or when
// they are too many to keep.
func AnyOf(vs ...*Value) *Value {
	var list []*Value
	for _, v := range vs {
		switch {
		case v == nil:
			return nil
		case v.Is(Unknown) && len(v.Candidates) > 0:
			list = append(list, v.Candidates...)
		default:
			list = append(list, v)
		}
	}
	list = distinct(list)
	switch {
	case len(list) == 0 || len(list) > maxCandidates:
		return nil
	case len(list) == 1:
		return list[0]
	}
	out := &Value{Type: list[0].Type, Span: list[0].Span, Candidates: list}
	for _, v := range list {
		out.Sensitive = out.Sensitive || v.Sensitive
		out.Assumptions = MergeAssumptions(out.Assumptions, v.Assumptions)
	}
	return out
}

// distinct leaves out values that are the same, wherever they stand.
func distinct(vs []*Value) []*Value {
	seen := map[string]bool{}
	var out []*Value
	for _, v := range vs {
		if key := Key(v); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out
}

// OneOf is v, which is known to be one of the candidates: of one, that itself
// when it is known. Of too many it is v, of which less is known.
func OneOf(v *Value, candidates []*Value) *Value {
	var list []*Value
	for _, c := range candidates {
		if len(c.Candidates) > 0 {
			list = append(list, c.Candidates...)
		} else {
			list = append(list, c)
		}
	}
	list = distinct(list)
	if len(list) == 0 || len(list) > maxCandidates {
		if len(v.Candidates) == 0 {
			return v
		}
		list = nil
	}
	if len(list) == 1 && list[0].Known() {
		w := *list[0]
		w.Assumptions = MergeAssumptions(w.Assumptions, v.Assumptions)
		w.Sensitive = w.Sensitive || v.Sensitive
		return &w
	}
	w := *v
	w.Candidates = list
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
func (v *Value) Alternatives() []*Value {
	if v == nil {
		return nil
	}
	if len(v.Candidates) > 0 {
		return v.Candidates
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
	return []*Value{&with, &without}
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

// Cases are all that v is one of, as far as its parts down to a depth have
// Candidates; nil when they have none, or when the cases are too many.
func Cases(v *Value, depth int) []*Value {
	out, ok := cases(v, depth, maxCandidates)
	if !ok || len(out) == 1 && out[0] == v {
		return nil
	}
	return out
}

func cases(v *Value, depth, limit int) (out []*Value, ok bool) {
	for _, c := range Choices(v, depth) {
		if len(c.Candidates) == 0 {
			continue
		}
		for _, by := range c.Candidates {
			more, ok := cases(Instead(v, c, by), depth, limit-len(out))
			if !ok {
				return nil, false
			}
			out = append(out, more...)
		}
		return out, true
	}
	return []*Value{v}, limit > 0
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
