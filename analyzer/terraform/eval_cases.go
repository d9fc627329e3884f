package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/value"
)

// An expression over a value that is one of several is one of several itself:
// each is evaluated by itself, beside what is known of all of them. A case that
// Terraform would refuse is none.

// byCase is out, the result for of, with what the result is for each of the
// values that of is one of. A result that is known needs no cases: it is the same
// for all.
func (e evaluation) byCase(out, of *value.Value, f func(evaluation, *value.Value) *value.Value) *value.Value {
	if of == nil || len(of.Candidates) == 0 || out.Known() {
		return out
	}
	var cases []value.Case
	for _, c := range of.Cases() {
		if e.ev.stopped {
			return out
		}
		// A case is kept beside the others: it costs more than an expression.
		e.ev.charge(8)
		var errs []value.Reason
		quiet := e
		quiet.errs = &errs
		if v := f(quiet, part(c.Value, of)); len(errs) == 0 {
			cases = append(cases, value.Case{Value: v, When: c.When})
		}
	}
	return value.OneOf(out, cases)
}

// inMembers are the functions that look into the elements of an argument, and
// how deep: what one of these is one of, their result depends on as well.
var inMembers = map[string]int{
	"compact": 2, "distinct": 2, "flatten": 3, "join": 2, "setunion": 2, "setintersection": 2, "setsubtract": 2,
	"contains": 2, "alltrue": 2, "anytrue": 2, "toset": 2,
}

// asTheyAre are the functions that keep what their arguments are one of. To
// evaluate them by case would make the same cases a second time.
var asTheyAre = map[string]bool{"jsonencode": true, "sensitive": true, "nonsensitive": true, "ephemeralasnull": true}

// byCase is v, the result of the call, with what it is for each of the values
// that its arguments are one of.
func (c *call) byCase(v *value.Value) *value.Value {
	if asTheyAre[c.name] || v.Known() {
		return v
	}
	// The arguments as one tuple, since what holds in a case of one of them may
	// exclude a case of another.
	combinations := value.Combinations(&value.Value{Kind: value.Tuple, Elems: c.args}, max(1, inMembers[c.name]))
	if combinations == nil {
		return v
	}
	var cases []value.Case
	for _, of := range combinations {
		if w, err := tryFunction(c.name, of.Value.Elems, c.sc); err == nil {
			cases = append(cases, value.Case{Value: w, When: of.When})
		}
	}
	return value.OneOf(v, cases)
}

// restOfEach is what each member of a value is like that is one of sequences; nil
// when that is not known.
func restOfEach(vs ...*value.Value) *value.Value {
	var list []*value.Value
	for _, v := range vs {
		switch {
		case v.IsSequence() && !v.Open:
			list = append(list, v.Elems...)
		case v.IsSequence() || v.Is(value.Unknown):
			if v.Rest == nil {
				return nil
			}
			list = append(append(list, v.Elems...), v.Rest)
		default:
			return nil
		}
	}
	return value.AnyOf(list...)
}

// given is what holds where a test does, as far as the test is the same
// wherever it is written so: it names nothing but what its module has once.
//
// Two values with the same test both take the first branch or neither does: that
// is what it is for. Its name is the text of the test with its module, which is why each,
// count, self and the names of loops, which differ by instance or item, give
// none.
func (e evaluation) given(test hclsyntax.Expression) (g value.Given, ok bool) {
	g.Holds = true
	for {
		switch x := test.(type) {
		case *hclsyntax.ParenthesesExpr:
			test = x.Expression
			continue
		case *hclsyntax.UnaryOpExpr:
			if x.Op == hclsyntax.OpLogicalNot {
				test, g.Holds = x.Val, !g.Holds
				continue
			}
		}
		break
	}
	if e.f.alone || e.f.m == nil {
		return g, false
	}
	names := test.Variables()
	for _, t := range names {
		_, bound := e.f.lookup(t.RootName())
		switch root := t.RootName(); {
		case bound || root == "each" || root == "count" || root == "self":
			return g, false
		}
	}
	g.Test = e.ev.root.ID() + " " + e.f.m.address + " " + strings.Join(strings.Fields(e.textOf(test.Range())), " ")
	// A test that names nothing is a constant, and tells nothing of others.
	return g, len(names) > 0
}

// givens are that a test holds, and that it does not.
func (e evaluation) givens(test hclsyntax.Expression) (holds, fails value.Givens) {
	if g, ok := e.given(test); ok {
		return value.Givens{g}, value.Givens{{Test: g.Test, Holds: !g.Holds}}
	}
	return nil, nil
}

// maxOptional bounds the elements whose presence is not known of which every
// selection is kept. There are twice as many selections for each.
const maxOptional = 4

// optionals are the elements of a sequence, or the members of an object, with
// those that it may lack.
type optionals struct {
	members []optional
	may     int // how many it may lack
	rests   []*value.Value
	open    bool // there may be others yet
}

// optional is a member that is there in the first case of two.
type optional struct {
	attr         value.Attr // without a name, of a sequence
	may          bool
	there, fails value.Givens
}

func (o *optionals) add(a value.Attr) {
	o.named(a)
	o.members = append(o.members, optional{attr: a})
}

// named takes note of a member whose name is not known.
func (o *optionals) named(a value.Attr) {
	if a.Name != nil {
		_, known := a.Key()
		o.open = o.open || !known
	}
}

// maybe adds a member that is there if a test holds.
func (o *optionals) maybe(a value.Attr, holds, fails value.Givens) {
	o.named(a)
	o.members = append(o.members, optional{a, true, holds, fails})
	o.rests = append(o.rests, a.Value)
	o.may++
}

// unlisted says that there may be others, and what they are like.
func (o *optionals) unlisted(rest *value.Value) {
	o.open = true
	o.rests = append(o.rests, rest)
}

// of is v, which has the members that are there for certain, with what there may
// be beside them. Above maxOptional, or where there are others yet, there are no
// cases, and v alone says what is certain.
func (o *optionals) of(v *value.Value) *value.Value {
	if v.Open && v.IsSequence() {
		v.Rest = value.AnyOf(o.rests...)
	}
	if o.open || o.may == 0 || o.may > maxOptional {
		return v
	}
	var cases []value.Case
	// Bit i says whether the i'th of those that may be missing is there.
	for selection := range 1 << o.may {
		c := *v
		c.Elems, c.Attrs, c.Open, c.Rest, c.Why = nil, nil, false, nil, nil
		if when, ok := o.selected(&c, selection); ok {
			cases = append(cases, value.Case{Value: &c, When: when})
		}
	}
	return value.OneOf(v, cases)
}

// selected adds to c the members of one selection. ok is false for what cannot
// be, or what Terraform refuses.
func (o *optionals) selected(c *value.Value, selection int) (when value.Givens, ok bool) {
	names := map[string]bool{}
	at := 0
	for _, m := range o.members {
		if m.may {
			given := m.there
			absent := selection>>at&1 == 0
			if at++; absent {
				given = m.fails
			}
			if when, ok = when.And(given); !ok {
				return nil, false
			}
			if absent {
				continue
			}
		}
		if m.attr.Name == nil {
			c.Elems = append(c.Elems, m.attr.Value)
			continue
		}
		name, _ := m.attr.Key()
		// Terraform refuses a for expression that makes a key twice.
		if names[name] {
			return nil, false
		}
		names[name] = true
		c.Attrs = append(c.Attrs, m.attr)
	}
	c.Attrs = uniqueAttrs(c.Attrs)
	return when, true
}
