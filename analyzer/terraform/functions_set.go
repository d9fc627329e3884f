package terraform

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/value"
)

// equal says whether Terraform's == holds, as far as the values are known. Types
// count: 1 == "1" and [1] == tolist([1]) are false. Nobody has to know a value to
// see that two strings differ at their ends.
func equal(a, b *value.Value) value.Tri {
	switch {
	// The same attribute has the same value, unknown as it is.
	case sameRef(a, b):
		return value.Yes
	case a.Is(value.Unknown) || b.Is(value.Unknown):
		return value.Maybe
	case a.Missing() || b.Missing():
		return value.TriOf(a.Missing() && b.Missing())
	case a.Kind != b.Kind && !(a.IsMapping() && b.IsMapping()) && !(a.IsSequence() && b.IsSequence()):
		return value.No
	case a.Is(value.String) && b.Is(value.String):
		s, aok := a.Text()
		t, bok := b.Text()
		if aok && bok {
			return value.TriOf(s == t)
		}
		return equalParts(a, b)
	case a.Known() && b.Known():
		eq := toCty(a).Equals(toCty(b))
		if !eq.IsKnown() || eq.IsNull() {
			return value.Maybe
		}
		return value.TriOf(eq.True())
	// Sets that are not known have no places to compare by.
	case a.IsSequence() && a.Kind != value.Set && b.Kind != value.Set && !a.Open && !b.Open:
		return equalElems(a.Elems, b.Elems)
	case a.IsMapping():
		return equalMembers(a, b)
	}
	return value.Maybe
}

// sameRef says that both are the same attribute of the same instance. Members
// that are not listed ([*]) may differ.
func sameRef(a, b *value.Value) bool {
	return a != nil && b != nil && a.Ref != nil && b.Ref != nil && *a.Ref == *b.Ref && !strings.Contains(a.Ref.Address, "?") && !strings.Contains(a.Ref.Attr, "[*]")
}

// equalParts compares strings with holes by what is known at their ends. Those
// with the same texts and, in the holes, the same attributes are equal.
func equalParts(a, b *value.Value) value.Tri {
	if len(a.Parts) == len(b.Parts) {
		same := true
		for i, p := range a.Parts {
			q := b.Parts[i]
			if p.Hole == nil && q.Hole == nil {
				same = same && p.Text.String == q.Text.String
			} else {
				same = same && sameRef(p.Hole, q.Hole)
			}
		}
		if same {
			return value.Yes
		}
	}
	if s, ok := a.Text(); ok && len(s) < leastBytes(b) {
		return value.No
	}
	if s, ok := b.Text(); ok && len(s) < leastBytes(a) {
		return value.No
	}
	pa, pb := knownPrefix(a.Parts), knownPrefix(b.Parts)
	sa, sb := knownSuffix(a.Parts), knownSuffix(b.Parts)
	n, m := min(len(pa), len(pb)), min(len(sa), len(sb))
	if pa[:n] != pb[:n] || sa[len(sa)-m:] != sb[len(sb)-m:] {
		return value.No
	}
	return value.Maybe
}

// leastBytes is how long a string is at least: JSON has its brackets.
func leastBytes(v *value.Value) int {
	if v.JSON.IsMapping() || v.JSON.IsSequence() {
		return max(2, knownBytes(v.Parts))
	}
	return knownBytes(v.Parts)
}

// equalElems is No as soon as one pair is, and Yes only if all are.
func equalElems(a, b []*value.Value) value.Tri {
	if len(a) != len(b) {
		return value.No
	}
	t := value.Yes
	for i := range a {
		t = t.And(equal(a[i], b[i]))
	}
	return t
}

func equalMembers(a, b *value.Value) value.Tri {
	t := value.Yes
	for _, pair := range [2][2]*value.Value{{a, b}, {b, a}} {
		for _, m := range pair[0].Attrs {
			k, ok := m.Key()
			switch {
			case !ok:
				t = t.And(value.Maybe)
			case hasKey(pair[1], k):
				t = t.And(equal(m.Value, pair[1].Get(k)))
			// It is not open: the member is not there.
			case pair[1].Get(k).Is(value.Absent):
				return value.No
			default:
				t = t.And(value.Maybe)
			}
		}
	}
	if a.Open || b.Open {
		t = t.And(value.Maybe)
	}
	return t
}

// in says whether v is among the elements of a sequence.
func in(v, sequence *value.Value) value.Tri {
	t := value.No
	for _, e := range sequence.Elems {
		t = t.Or(equal(e, v))
	}
	if sequence.Open || sequence.Is(value.Unknown) {
		t = t.Or(value.Maybe)
	}
	return t
}

// setElems are the elements of a set: each once, in the order in which
// Terraform goes through a set; those that are not fully known come last, all
// of them, for two may turn out to be equal. dropped are those that are equal
// to others.
func setElems(elems []*value.Value) (out, dropped []*value.Value) {
	var unknown []*value.Value
	var known []cty.Value
	first := map[string]*value.Value{}
	strs := true
	for _, e := range elems {
		s, ok := e.Text()
		switch {
		case !e.Known():
			unknown = append(unknown, e)
			continue
		case ok && first[s] == nil:
			first[s] = e
		case !ok:
			strs = false
		}
		out = append(out, e)
		known = append(known, toCty(e))
	}
	switch {
	case len(out) == 0:
	case strs:
		for _, e := range out {
			if s, _ := e.Text(); first[s] != e {
				dropped = append(dropped, e)
			}
		}
		out = nil
		for _, s := range sortedKeys(first) {
			out = append(out, first[s])
		}
	case convertAll(known, known[0].Type()):
		out, dropped = inSetOrder(out, known)
	}
	return append(out, unknown...), dropped
}

// inSetOrder leaves the ordering to cty, and finds the values again. The order of
// anything but strings, by hash for some, is cty's own affair.
func inSetOrder(vs []*value.Value, known []cty.Value) (out, dropped []*value.Value) {
	kept := map[*value.Value]bool{}
	for it := cty.SetVal(known).ElementIterator(); it.Next(); {
		_, e := it.Element()
		for i, k := range known {
			if k.RawEquals(e) {
				out = append(out, vs[i])
				kept[vs[i]] = true
				break
			}
		}
	}
	for _, v := range vs {
		if !kept[v] {
			dropped = append(dropped, v)
		}
	}
	return out, dropped
}

// sets are the arguments as sets of one element type. Terraform converts them
// before it compares.
func (c *call) sets() ([]*value.Value, error) {
	var elems []*value.Value
	out := make([]*value.Value, len(c.args))
	for i := range c.args {
		v, err := c.as(i, cty.Set(cty.DynamicPseudoType))
		if err != nil {
			return nil, err
		}
		out[i] = v
		elems = append(elems, ofElems(v)...)
	}
	elem, ok := unify(typesOf(elems))
	if !ok {
		return nil, errors.New("the sets must have the same element type")
	}
	why := c.why()
	for i, v := range out {
		v, err := convertTo(settleElems(v, elems, why), cty.Set(elem))
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

// set is the result as a set; an empty one has the element type of like.
func (c *call) set(g *gather, like *value.Value) *value.Value {
	g.distinct()
	v := g.result(c, value.Set)
	if v.Is(value.Set) && len(v.Elems) == 0 {
		v.Type = valueType(elemType(like))
	}
	return v
}

func (c *call) setUnion() (*value.Value, error) {
	sets, err := c.sets()
	if err != nil {
		return nil, err
	}
	g := &gather{}
	for _, s := range sets {
		g.spread(s)
	}
	return c.set(g, sets[0]), nil
}

// setIntersection keeps the elements that are in all of the others.
func (c *call) setIntersection() (*value.Value, error) {
	sets, err := c.sets()
	if err != nil {
		return nil, err
	}
	return c.filter(sets, func(e *value.Value) value.Tri {
		t := value.Yes
		for _, s := range sets[1:] {
			t = t.And(in(e, s))
		}
		return t
	}), nil
}

// distinct drops the elements that are equal to others.
func (g *gather) distinct() {
	elems, dropped := setElems(g.elems)
	g.elems = elems
	g.without(dropped...)
}

func (c *call) setSubtract() (*value.Value, error) {
	sets, err := c.sets()
	if err != nil {
		return nil, err
	}
	return c.filter(sets, func(e *value.Value) value.Tri { return in(e, sets[1]).Not() }), nil
}

// filter is what of the first set surely stays. What only may stay leaves the
// result open.
func (c *call) filter(sets []*value.Value, stays func(*value.Value) value.Tri) *value.Value {
	g := &gather{}
	g.without(sets[1:]...)
	if sets[0].Is(value.Unknown) || sets[0].Open {
		g.more(sets...)
	}
	for _, e := range sets[0].Elems {
		switch stays(e) {
		case value.Yes:
			g.add(e)
		case value.Maybe:
			g.more(append([]*value.Value{e}, sets[1:]...)...)
		default:
			g.without(e)
		}
	}
	return c.set(g, sets[0])
}

// maxProduct bounds setproduct.
const maxProduct = 1 << 16

// setProduct has the last argument vary fastest. A set among the arguments makes a
// set of all.
func (c *call) setProduct() (*value.Value, error) {
	if len(c.args) < 2 {
		return nil, errors.New("at least two arguments are required")
	}
	kind, loose, n := value.List, false, 1
	lists := make([]*value.Value, len(c.args))
	for i, a := range c.args {
		v := a
		if a.Is(value.Set) {
			kind = value.Set
		} else {
			var err error
			if v, err = c.list(i); err != nil {
				return nil, err
			}
		}
		if v.Is(value.Unknown) || v.Open {
			return c.unknown(cty.DynamicPseudoType), nil
		}
		lists[i], loose = v, loose || !positioned(v)
		if n *= len(v.Elems); n > maxProduct {
			return nil, errTooLong
		}
	}
	g := &gather{loose: loose}
	tuple := make([]*value.Value, len(lists))
	for i := range n {
		for j, k := len(lists)-1, i; j >= 0; j-- {
			tuple[j] = lists[j].Elems[k%len(lists[j].Elems)]
			k /= len(lists[j].Elems)
		}
		g.add(&value.Value{Kind: value.Tuple, Elems: append([]*value.Value(nil), tuple...), Span: c.sc.span})
	}
	if kind == value.Set {
		g.distinct()
	}
	v := g.result(c, kind)
	if n == 0 {
		v.Type = productType(lists)
	}
	return v, nil
}

// productType is the type of the elements of an empty product.
func productType(lists []*value.Value) value.Type {
	t := value.Type{Kind: value.Tuple}
	for _, l := range lists {
		t.Elems = append(t.Elems, valueType(elemType(l)))
	}
	return t
}

// sortStrings puts known strings in order, and the others last.
func sortStrings(vs []*value.Value) {
	sort.SliceStable(vs, func(i, j int) bool {
		a, aok := vs[i].Text()
		b, bok := vs[j].Text()
		if !aok || !bok {
			return aok && !bok
		}
		return a < b
	})
}
