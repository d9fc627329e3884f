package terraform

import "github.com/iamvet/iamvet/analyzer/value"

// An expression over a value that is one of several is one of several itself:
// each is evaluated by itself, beside what is known of all of them. A case that
// Terraform would refuse is none.

// byCase is out, the result for of, with what the result is for each of the
// values that of is one of.
func (e evaluation) byCase(out, of *value.Value, f func(evaluation, *value.Value) *value.Value) *value.Value {
	if of == nil || len(of.Candidates) == 0 || out.Known() {
		return out
	}
	var candidates []*value.Value
	for _, c := range of.Candidates {
		if e.ev.stopped {
			return out
		}
		e.ev.charge(8)
		var errs []value.Reason
		quiet := e
		quiet.errs = &errs
		if v := f(quiet, part(c, of)); len(errs) == 0 {
			candidates = append(candidates, v)
		}
	}
	return value.OneOf(out, candidates)
}

// inMembers are the functions that look into the elements of an argument, and
// how deep: what one of these is one of, their result depends on as well.
var inMembers = map[string]int{
	"compact": 2, "distinct": 2, "flatten": 3, "join": 2, "setunion": 2, "setintersection": 2, "setsubtract": 2,
	"contains": 2, "alltrue": 2, "anytrue": 2, "toset": 2,
}

// asTheyAre are the functions that keep what their arguments are one of.
var asTheyAre = map[string]bool{"jsonencode": true, "sensitive": true, "nonsensitive": true, "ephemeralasnull": true}

// byCase is v, the result of the call, with what it is for each of the values
// that its arguments are one of.
func (c *call) byCase(v *value.Value) *value.Value {
	if asTheyAre[c.name] || v.Known() {
		return v
	}
	var candidates []*value.Value
	for _, of := range value.Cases(&value.Value{Kind: value.Tuple, Elems: c.args}, max(1, inMembers[c.name])) {
		if w, err := tryFunction(c.name, of.Elems, c.sc); err == nil {
			candidates = append(candidates, w)
		}
	}
	return value.OneOf(v, candidates)
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

// maxOptional bounds the elements whose presence is not known of which every
// selection is kept.
const maxOptional = 4

// optionals are the elements of a sequence with those that it may lack.
type optionals struct {
	elems []*value.Value
	may   []bool // whether it may lack the element
	many  int    // how many it may lack
	rests []*value.Value
	open  bool // there may be others yet
}

func (o *optionals) add(v *value.Value, may bool) {
	o.elems, o.may = append(o.elems, v), append(o.may, may)
	if may {
		o.many++
		o.rests = append(o.rests, v)
	}
}

// unlisted says that there may be others, and what they are like.
func (o *optionals) unlisted(rest *value.Value) {
	o.open = true
	o.rests = append(o.rests, rest)
}

// of is v, the elements that are there for certain, with what there may be
// beside them.
func (o *optionals) of(v *value.Value) *value.Value {
	if v.Open {
		v.Rest = value.AnyOf(o.rests...)
	}
	if o.open || o.many == 0 || o.many > maxOptional {
		return v
	}
	var candidates []*value.Value
	for selection := range 1 << o.many {
		c := *v
		c.Elems, c.Open, c.Rest, c.Why = nil, false, nil, nil
		at := 0
		for i, e := range o.elems {
			if !o.may[i] || selection>>at&1 == 1 {
				c.Elems = append(c.Elems, e)
			}
			if o.may[i] {
				at++
			}
		}
		candidates = append(candidates, &c)
	}
	return value.OneOf(v, candidates)
}

// optionalAttrs are the members of an object with those that it may lack.
type optionalAttrs struct {
	attrs []value.Attr
	may   []bool
	many  int
	open  bool // the name of one is not known
}

func (o *optionalAttrs) add(a value.Attr, may bool) {
	_, known := a.Key()
	o.open = o.open || !known
	o.attrs, o.may = append(o.attrs, a), append(o.may, may)
	if may {
		o.many++
	}
}

// of is v, the members that are there for certain, with all that it may be.
func (o *optionalAttrs) of(v *value.Value) *value.Value {
	if o.open || o.many == 0 || o.many > maxOptional {
		return v
	}
	var candidates []*value.Value
	for selection := range 1 << o.many {
		c := *v
		c.Attrs, c.Open, c.Why = nil, false, nil
		names := map[string]bool{}
		twice, at := false, 0
		for i, a := range o.attrs {
			if !o.may[i] || selection>>at&1 == 1 {
				name, _ := a.Key()
				twice = twice || names[name]
				names[name] = true
				c.Attrs = append(c.Attrs, a)
			}
			if o.may[i] {
				at++
			}
		}
		if !twice { // Terraform refuses that
			c.Attrs = uniqueAttrs(c.Attrs)
			candidates = append(candidates, &c)
		}
	}
	return value.OneOf(v, candidates)
}
