package terraform

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamvet/iamvet/analyzer/value"
)

func (c *call) allTrue() (*value.Value, error) { return c.fold(value.Yes, value.Tri.And) }

func (c *call) anyTrue() (*value.Value, error) { return c.fold(value.No, value.Tri.Or) }

// fold goes through a list of booleans with a three-valued operator, so that one
// element may decide whatever the others are: alltrue([false, unknown]) is false.
func (c *call) fold(start value.Tri, op func(value.Tri, value.Tri) value.Tri) (*value.Value, error) {
	list, err := c.as(0, cty.List(cty.Bool))
	if err != nil {
		return nil, err
	}
	t := start
	for _, e := range list.Elems {
		switch {
		// null counts as false, in alltrue and in anytrue.
		case e.Missing():
			t = op(t, value.No)
		case e.Is(value.Bool):
			t = op(t, value.TriOf(e.Bool))
		default:
			t = op(t, value.Maybe)
		}
	}
	if list.Open || list.Is(value.Unknown) {
		t = op(t, value.Maybe)
	}
	return c.truth(t), nil
}

// chunkList is unknown as a whole where places are: each chunk would be another.
func (c *call) chunkList() (*value.Value, error) {
	list, err := c.list(0)
	if err != nil {
		return nil, err
	}
	size, ok, err := c.number(1)
	switch {
	case err != nil:
		return nil, err
	case ok && size < 0:
		return nil, errors.New("the size must not be negative")
	case !ok || list.Is(value.Unknown) || !positioned(list):
		return c.unknown(cty.List(typeOf(list))), nil
	}
	elem := elemType(list)
	out := &value.Value{Kind: value.List, Span: c.sc.span}
	// One chunk of all, as cty has it.
	if size == 0 {
		size = len(list.Elems)
	}
	for i := 0; i < len(list.Elems); i += size {
		chunk := list.Elems[i:min(i+size, len(list.Elems))]
		out.Elems = append(out.Elems, &value.Value{Kind: value.List, Elems: chunk, Span: c.sc.span})
	}
	if len(out.Elems) == 0 {
		out.Type = valueType(cty.List(elem))
	}
	return c.carry(out), nil
}

// coalesce is the first argument that is neither null nor "", converted to the
// type that all have in common:
// https://developer.hashicorp.com/terraform/language/functions/coalesce
func (c *call) coalesce() (*value.Value, error) {
	t, ok := unify(typesOf(c.args))
	if !ok {
		return nil, errors.New("all arguments must have the same type")
	}
	for i, a := range c.args {
		v, err := convertTo(settle(a, c.args, c.why()), t)
		if err != nil {
			return nil, err
		}
		s, known := v.Text()
		switch {
		case v.Missing() || known && s == "":
		// It may be null or empty.
		case v.Is(value.String) && !known && leastBytes(v) == 0 || v.Is(value.Unknown):
			if i == len(c.args)-1 {
				return v, nil // this, or an error
			}
			return c.unknown(t), nil
		default:
			return carryDeepFrom(v, c.args[:i]...), nil
		}
	}
	return nil, errors.New("no argument is neither null nor empty")
}

// coalesceList is the first argument that has elements. They keep their types,
// unlike those of coalesce:
// https://developer.hashicorp.com/terraform/language/functions/coalescelist
func (c *call) coalesceList() (*value.Value, error) {
	for i, a := range c.args {
		switch {
		case a.Is(value.Unknown) || a.IsSequence() && len(a.Elems) == 0 && a.Open:
			if i == len(c.args)-1 {
				return a, nil
			}
			return c.unknown(cty.DynamicPseudoType), nil
		case !a.IsSequence() || a.Kind == value.Set && a.Known():
			return nil, errors.New("the arguments must be lists or tuples")
		case len(a.Elems) > 0:
			return carryFrom(a, c.args[:i]...), nil
		}
	}
	return nil, errors.New("no argument is a list with elements")
}

// compact drops null and "". What may be empty is not listed, and the list is
// open then.
func (c *call) compact() (*value.Value, error) {
	list, err := c.as(0, cty.List(cty.String))
	if err != nil {
		return nil, err
	}
	g := &gather{loose: !positioned(list)}
	for _, e := range list.Elems {
		s, known := e.Text()
		switch {
		case e.Missing() || known && s == "":
			g.without(e)
		// A piece that is known makes it not empty, whatever the rest is.
		case known || knownBytes(e.Parts) > 0:
			g.add(e)
		default:
			g.more(e)
		}
	}
	if list.Is(value.Unknown) || list.Open {
		g.more(list)
	}
	return c.listOf(g, list), nil
}

// listOf is the result, with the element type of another list when it is empty.
func (c *call) listOf(g *gather, like *value.Value) *value.Value {
	v := g.result(c, value.List)
	if v.Is(value.List) && len(v.Elems) == 0 {
		v.Type = valueType(elemType(like))
	}
	return v
}

// concat is a tuple as soon as one argument is, or two lists have nothing in
// common; else it is a list, whose elements are converted to one type.
func (c *call) concat() (*value.Value, error) {
	g := &gather{}
	kind := value.List
	var elems []*value.Value
	for i, a := range c.args {
		// A set that is not known stands for a list in no known order; one that
		// is known is refused below, as Terraform does.
		bag := a.Is(value.Set) && !a.Known()
		switch {
		case a.Is(value.Unknown):
			if a.Type.Kind == value.Tuple {
				kind = value.Tuple
			}
			elems = append(elems, ofElems(a)...)
		case a.Is(value.List) || bag:
			elems = append(elems, ofElems(a)...)
		case a.Is(value.Tuple):
			kind = value.Tuple
		default:
			return nil, fmt.Errorf("argument %d: list or tuple required, not %s", i+1, typeOf(a).FriendlyName())
		}
		g.spread(a)
	}
	// Lists of types with nothing in common make a tuple.
	if elem, ok := unify(typesOf(elems)); !ok {
		kind = value.Tuple
	} else if kind == value.List {
		why, beside := c.why(), companyOf(elems)
		for i, e := range g.elems {
			e, err := convertTo(beside.settle(e, why), elem)
			if err != nil {
				return nil, err
			}
			g.elems[i] = e
		}
		v := g.result(c, kind)
		if len(g.elems) == 0 && v.Is(value.List) {
			v.Type = valueType(elem)
		}
		return v, nil
	}
	return g.result(c, kind), nil
}

func (c *call) contains() (*value.Value, error) {
	list, err := c.sequence(0)
	if err != nil {
		return nil, err
	}
	return c.truth(in(c.args[1], list)), nil
}

func (c *call) distinct() (*value.Value, error) {
	list, err := c.list(0)
	if err != nil {
		return nil, err
	}
	g := &gather{loose: !positioned(list)}
	for _, e := range list.Elems {
		switch in(e, &value.Value{Kind: value.List, Elems: g.elems}) {
		case value.Yes:
			g.without(e)
		case value.No:
			g.add(e)
		case value.Maybe:
			g.add(e)
			// Which of two that may be equal is left does not change what there
			// is, but the places of those that follow.
			g.loose = true
		}
	}
	if list.Is(value.Unknown) || list.Open {
		g.more(list)
	}
	return c.listOf(g, list), nil
}

func (c *call) element() (*value.Value, error) {
	list, err := c.sequence(0)
	if err != nil {
		return nil, err
	}
	i, known, err := c.number(1)
	switch {
	case err != nil:
		return nil, err
	case list.Is(value.Set) && list.Known():
		return nil, errors.New("a set has no element at an index")
	case !list.Open && list.IsSequence() && len(list.Elems) == 0:
		return nil, errors.New("an empty list has no elements")
	case !known || list.Is(value.Unknown) || !positioned(list):
		return c.unknown(elementType(list)), nil
	}
	// element wraps around:
	// https://developer.hashicorp.com/terraform/language/functions/element
	if i %= len(list.Elems); i < 0 && list.Is(value.Tuple) { // in lists, older versions count backwards as well
		switch c.sc.dialect.Since("1.12.0", "1.10.0") {
		case value.No:
			return nil, errors.New("the index must not be negative")
		// This one, or one that follows.
		case value.Maybe:
			if c.sc.doubt != nil {
				c.sc.doubt("element takes negative indexes into tuples since Terraform 1.12 and OpenTofu 1.10")
			}
		}
	}
	if i < 0 {
		i += len(list.Elems)
	}
	return c.carry(list.Elems[i]), nil
}

// elementType is the type of any one element, where there is one.
func elementType(v *value.Value) cty.Type {
	if t := typeOf(v); t.IsCollectionType() {
		return t.ElementType()
	}
	return cty.DynamicPseudoType
}

// flatten goes into lists at any depth, and not into maps:
// https://developer.hashicorp.com/terraform/language/functions/flatten
func (c *call) flatten() (*value.Value, error) {
	list, err := c.sequence(0)
	if err != nil {
		return nil, err
	}
	g := &gather{}
	var carried []*value.Value
	var walk func(*value.Value)
	walk = func(v *value.Value) {
		g.loose = g.loose || !positioned(v)
		carried = append(carried, v)
		for _, e := range v.Elems {
			switch {
			case e.IsSequence():
				walk(e)
			case e.Is(value.Unknown) && maybeSequence(e):
				g.more(e)
				carried = append(carried, e)
			default:
				g.add(e)
			}
		}
		if v.Is(value.Unknown) || v.Open {
			g.more(v)
		}
	}
	walk(list)
	return carryFrom(g.result(c, value.Tuple), carried...), nil
}

// maybeSequence says of an unknown value that flatten may find elements in it.
func maybeSequence(v *value.Value) bool {
	if v == nil {
		return true
	}
	switch v.Type.Kind {
	case value.Unknown, value.Tuple, value.List, value.Set:
		return true
	}
	return false
}

// indexOf is the place of the first equal element. One before it that may be
// equal leaves it unknown.
func (c *call) indexOf() (*value.Value, error) {
	list, err := c.sequence(0)
	if err != nil {
		return nil, err
	}
	switch {
	case list.Is(value.Set) && list.Known():
		return nil, errors.New("a set has no element at an index")
	case list.Is(value.Unknown) || !positioned(list):
		return c.unknown(cty.Number), nil
	}
	for i, e := range list.Elems {
		switch equal(e, c.args[1]) {
		case value.Yes:
			return c.int(i), nil
		case value.Maybe:
			return c.unknown(cty.Number), nil
		}
	}
	return nil, errors.New("the list has no such element")
}

func (c *call) length() (*value.Value, error) {
	v := c.args[0]
	switch {
	case v.Is(value.Set) && positioned(v):
		return c.int(len(v.Elems)), nil // rests on all: what is equal counts once
	case v.IsSequence() && positioned(v):
		return c.lengthOf(len(v.Elems)), nil
	case v.IsMapping() && !v.Open:
		n := 0
		for _, a := range members(v) {
			if _, ok := a.Key(); !ok {
				return c.unknown(cty.Number), nil
			}
			n++
		}
		return c.lengthOf(n), nil
	case v.Is(value.Unknown), v.IsSequence(), v.IsMapping():
		return c.unknown(cty.Number), nil
	case v.Is(value.String):
		// It counts what people call characters, and not bytes:
		// https://developer.hashicorp.com/terraform/language/functions/length
		return c.library(stdlib.StrlenFunc)
	}
	return nil, fmt.Errorf("%s has no length", typeOf(v).FriendlyName())
}

// lengthOf rests on the argument, not on what its members rest on.
func (c *call) lengthOf(n int) *value.Value {
	v := value.Int(n)
	v.Span = c.sc.span
	return c.carry(v)
}

// matchKeys is those values whose key, which stands in the same place, is
// searched for:
// https://developer.hashicorp.com/terraform/language/functions/matchkeys
func (c *call) matchKeys() (*value.Value, error) {
	var lists [3]*value.Value
	for i := range lists {
		v, err := c.list(i)
		if err != nil {
			return nil, err
		}
		lists[i] = v
	}
	vals, keys, search := lists[0], lists[1], lists[2]
	if vals.Is(value.Unknown) || keys.Is(value.Unknown) || !positioned(vals) || !positioned(keys) {
		return c.unknown(typeOf(vals)), nil
	}
	if len(vals.Elems) != len(keys.Elems) {
		return nil, errors.New("there must be as many keys as values")
	}
	elem, ok := unify([]cty.Type{elemType(keys), elemType(search)})
	if !ok {
		return nil, errors.New("the keys and the search set must have the same type")
	}
	var err error
	if search, err = convertTo(search, cty.List(elem)); err != nil {
		return nil, err
	}
	g := &gather{}
	g.without(keys, search)
	for i, k := range keys.Elems {
		if k, err = convertTo(k, elem); err != nil {
			return nil, err
		}
		switch in(k, search) {
		case value.Yes:
			g.add(vals.Elems[i])
		case value.Maybe:
			g.more(k, search)
		}
	}
	return c.listOf(g, vals), nil
}

// one is null for an empty list, and refuses more than one element:
// https://developer.hashicorp.com/terraform/language/functions/one
func (c *call) one() (*value.Value, error) {
	list, err := c.sequence(0)
	switch {
	case err != nil:
		return nil, err
	case list.Is(value.Unknown) || list.Open && len(list.Elems) == 0:
		return within(c.unknown(elementType(list)), list, "[0]"), nil
	case len(list.Elems) == 0:
		return c.carry(&value.Value{Kind: value.Null, Type: valueType(elementType(list)), Span: c.sc.span}), nil
	case len(list.Elems) == 1:
		return c.carry(list.Elems[0]), nil // of an open one: this, or an error
	case !positioned(list):
		return c.unknown(elementType(list)), nil // all the same, or an error
	}
	return nil, errors.New("the list has more than one element")
}

func (c *call) reverse() (*value.Value, error) {
	list, err := c.sequence(0)
	if err != nil {
		return nil, err
	}
	g := &gather{loose: !positioned(list)}
	for i := len(list.Elems) - 1; i >= 0; i-- {
		g.add(list.Elems[i])
	}
	kind := list.Kind
	switch {
	case list.Is(value.Unknown):
		return c.unknown(typeOf(list)), nil
	case list.Open:
		g.more(list)
	// What is a set has no reverse: cty makes a list of it.
	case kind == value.Set:
		kind = value.List
	}
	v := g.result(c, kind)
	if len(v.Elems) == 0 && kind == value.List {
		v.Type = valueType(elemType(list))
	}
	return v, nil
}

func (c *call) slice() (*value.Value, error) {
	list, err := c.sequence(0)
	if err != nil {
		return nil, err
	}
	from, ok1, err1 := c.number(1)
	to, ok2, err2 := c.number(2)
	switch {
	case err1 != nil:
		return nil, err1
	case err2 != nil:
		return nil, err2
	case list.Is(value.Set) && list.Known():
		return nil, errors.New("a set has no order to slice by")
	case ok1 && from < 0, ok1 && ok2 && from > to:
		return nil, errors.New("the start index is out of range")
	case !ok1 || !ok2 || list.Is(value.Unknown) || !positioned(list):
		return c.unknown(cty.DynamicPseudoType), nil
	case to > len(list.Elems):
		return nil, errors.New("the end index is out of range")
	}
	out := &value.Value{Kind: list.Kind, Elems: list.Elems[from:to], Span: c.sc.span}
	if len(out.Elems) == 0 && list.Is(value.List) {
		out.Type = valueType(elemType(list))
	}
	return c.carry(out), nil
}

// sortList puts strings in the order of their bytes, which is that of code
// points:
// https://developer.hashicorp.com/terraform/language/functions/sort
func (c *call) sortList() (*value.Value, error) {
	list, err := c.as(0, cty.List(cty.String))
	if err != nil {
		return nil, err
	}
	if list.Is(value.Unknown) {
		return c.unknown(cty.List(cty.String)), nil
	}
	// A text that is not all known may go anywhere.
	g := &gather{elems: append([]*value.Value(nil), list.Elems...), loose: !list.Known()}
	for _, e := range g.elems {
		if e.Missing() {
			return nil, errors.New("a null has no place in the order")
		}
	}
	if list.Open {
		g.more(list)
	}
	sortStrings(g.elems)
	return c.listOf(g, list), nil
}
