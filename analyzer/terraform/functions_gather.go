package terraform

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/value"
)

// gather collects the elements of a sequence. It is how functions of sequences
// are certain of what they can be: an element is in elems only if it is in the
// result whatever else turns out.
type gather struct {
	elems []*value.Value
	open  bool // there may be more, anywhere between them
	loose bool // they are in no known order
	why   []value.Reason
	rests []*value.Value // what the others are like, for each reason that there may be some
	gone  []*value.Value // what was left out: the result rests on it
}

// without says that vs were left out, or decided what was.
func (g *gather) without(vs ...*value.Value) { g.gone = append(g.gone, vs...) }

func (g *gather) add(v *value.Value) { g.elems = append(g.elems, v) }

// more says that there may be other elements, because of what is unknown in vs.
func (g *gather) more(vs ...*value.Value) {
	g.open = true
	for _, v := range vs {
		g.why = append(g.why, v.AllWhy()...)
		if v == nil {
			v = &value.Value{}
		}
		g.rests = append(g.rests, v.Rest)
	}
}

// spread adds the elements of a sequence that may be unknown.
func (g *gather) spread(v *value.Value) {
	g.loose = g.loose || !positioned(v)
	for _, e := range v.Elems {
		g.add(e)
	}
	if v.Is(value.Unknown) || v.Open {
		g.more(v)
	}
}

// result is the sequence. One in no known order is a Set, whatever kind was
// asked for, or open: what it holds is right, and nothing can be taken from it
// by position.
func (g *gather) result(c *call, kind value.Kind) *value.Value {
	why := uniqueReasons(g.why)
	c = &call{args: append([]*value.Value{carryDeepFrom(&value.Value{}, g.gone...)}, c.args...), sc: c.sc}
	if g.open && len(g.elems) == 0 {
		u := value.Of(value.Type{Kind: kind}, c.sc.span, why...)
		u.Rest = value.AnyOf(g.rests...)
		return c.carry(u)
	}
	out := &value.Value{Kind: kind, Elems: g.elems, Open: g.open, Why: why, Span: c.sc.span}
	switch {
	case g.open || !g.loose:
	case out.Known(): // as a set, it would have an order
		out.Open, out.Why = true, c.why()
	default:
		out.Kind = value.Set
	}
	if out.Open {
		out.Rest = value.AnyOf(g.rests...)
	}
	return c.carry(out)
}

// uniqueReasons keeps the order, which is that of messages.
func uniqueReasons(rs []value.Reason) []value.Reason {
	var out []value.Reason
	seen := map[value.Reason]bool{}
	for _, r := range rs {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}

// positioned says that the elements of a sequence stand where they are listed,
// and are all. Those of an open one may have others between them; those of a
// set that are not fully known may be equal to others, or go anywhere.
func positioned(v *value.Value) bool {
	return !v.Open && (v.Kind != value.Set || len(v.Elems) < 2 || v.Known())
}

// sequence is argument i, which must be a list, tuple or set, or unknown.
func (c *call) sequence(i int) (*value.Value, error) {
	v := c.args[i]
	if !v.IsSequence() && !v.Is(value.Unknown) {
		return nil, fmt.Errorf("argument %d: list, tuple or set required, not %s", i+1, typeOf(v).FriendlyName())
	}
	return v, nil
}

// list is argument i as a list of some type.
func (c *call) list(i int) (*value.Value, error) { return c.as(i, cty.List(cty.DynamicPseudoType)) }
