package terraform

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iamvet/iamvet/analyzer/value"
)

// unify is the type that all of types convert to. Members of a type not known
// take the type of the others, if those have one in common: numbers and bools
// have it only if one of the others is a string.
func unify(types []cty.Type) (cty.Type, bool) {
	var known []cty.Type
	for _, t := range types {
		if t != cty.DynamicPseudoType && (len(known) == 0 || !known[len(known)-1].Equals(t)) {
			known = append(known, t)
		}
	}
	switch len(known) {
	case 0:
		return cty.DynamicPseudoType, true
	case 1:
		return known[0], true
	}
	t, _ := convert.UnifyUnsafe(known)
	if t != cty.NilType {
		return t, true
	}
	for _, t := range types {
		if t.HasDynamicTypes() {
			return cty.DynamicPseudoType, true
		}
	}
	return cty.NilType, false
}

// homogeneous is v with members of one type, as tolist and its like make them,
// and that type.
func homogeneous(v *value.Value) (*value.Value, cty.Type, bool) {
	members := membersOf(v)
	if len(members) == 0 {
		return v, ctyType(v.Type), true
	}
	elem, ok := unify(typesOf(members))
	if !ok {
		return nil, cty.NilType, false
	}
	if v.Open && (v.Is(value.Tuple) || v.Is(value.Object)) {
		members = append(members[:len(members):len(members)], &value.Value{})
	}
	w := *v
	why := v.AllWhy()
	w.Elems, w.Attrs = nil, nil
	c := companyOf(members)
	for _, e := range v.Elems {
		w.Elems = append(w.Elems, c.settle(e, why))
	}
	for _, a := range v.Attrs {
		w.Attrs = append(w.Attrs, value.Attr{Name: a.Name, Value: c.settle(a.Value, why)})
	}
	return &w, elem, true
}

// ofElems are the elements of a list or set, and an unknown one of the type
// that others may have.
func ofElems(v *value.Value) []*value.Value {
	if v.Is(value.Unknown) || len(v.Elems) == 0 && (v.Open || v.Type.Kind != value.Unknown) {
		return []*value.Value{value.Of(valueType(elemType(v)), v.Span)}
	}
	return v.Elems
}

func settleElems(v *value.Value, beside []*value.Value, why []value.Reason) *value.Value {
	w := *v
	w.Elems = make([]*value.Value, len(v.Elems))
	c := companyOf(beside)
	for i, e := range v.Elems {
		w.Elems[i] = c.settle(e, why)
	}
	return &w
}

// company is the values that one takes a type in common with, seen once for
// all of them.
type company struct {
	beside  []*value.Value
	any     bool // the type of one is not known at all
	hazy    bool // the type of one is not known in full
	objects bool // all are objects with the same members
	lists   bool // all are lists or sets
	// Made when asked for: the company of a member, and of an element.
	members  map[string]*company
	elements *company
}

func companyOf(beside []*value.Value) *company {
	c := &company{beside: beside, objects: true, lists: true, members: map[string]*company{}}
	var first cty.Type
	for _, b := range beside {
		if b.Missing() {
			continue
		}
		if b.Is(value.Unknown) && (b == nil || b.Type.Kind == value.Unknown) {
			c.any = true
			return c
		}
		t := typeOf(b)
		if first == cty.NilType {
			first = t
		}
		c.hazy = c.hazy || t.HasDynamicTypes()
		c.objects = c.objects && sameAttrs(t, first)
		c.lists = c.lists && (b.Is(value.List) || b.Is(value.Set))
	}
	return c
}

func settle(v *value.Value, beside []*value.Value, why []value.Reason) *value.Value {
	return companyOf(beside).settle(v, why)
}

// settle is v as far as it is settled what it becomes when it takes the type
// that it has in common with others: next to a value whose type is not known,
// a number or bool may yet become a string.
func (c *company) settle(v *value.Value, why []value.Reason) *value.Value {
	switch {
	case c.any:
		return unsettled(v, why)
	case !c.hazy || v == nil:
		return v
	case c.objects && v.IsMapping():
		w := *v
		w.Attrs = make([]value.Attr, len(v.Attrs))
		for i, a := range v.Attrs {
			k, _ := a.Key()
			w.Attrs[i] = value.Attr{Name: a.Name, Value: c.member(k).settle(a.Value, why)}
		}
		return &w
	case c.lists && v.IsSequence():
		if c.elements == nil {
			var elems []*value.Value
			for _, b := range c.beside {
				elems = append(elems, ofElems(b)...)
			}
			c.elements = companyOf(elems)
		}
		w := *v
		w.Elems = make([]*value.Value, len(v.Elems))
		for i, e := range v.Elems {
			w.Elems[i] = c.elements.settle(e, why)
		}
		return &w
	}
	return unsettled(v, why)
}

// member is the company of a member of objects.
func (c *company) member(name string) *company {
	m := c.members[name]
	if m == nil {
		var column []*value.Value
		for _, b := range c.beside {
			column = append(column, besideMember(b, name))
		}
		m = companyOf(column)
		c.members[name] = m
	}
	return m
}

// besideMember is a member of an object, or an unknown one of the type that it would
// have.
func besideMember(v *value.Value, key string) *value.Value {
	if !v.Is(value.Unknown) {
		return v.Get(key)
	}
	return value.Of(v.Type.Attrs[key], v.Span)
}

func sameAttrs(a, b cty.Type) bool {
	if !a.IsObjectType() || !b.IsObjectType() || len(a.AttributeTypes()) != len(b.AttributeTypes()) {
		return false
	}
	for k := range a.AttributeTypes() {
		if !b.HasAttribute(k) {
			return false
		}
	}
	return true
}

// unsettled is v without its numbers and bools.
func unsettled(v *value.Value, why []value.Reason) *value.Value {
	switch {
	case v.Is(value.Number) || v.Is(value.Bool):
		return carryFrom(value.Of(value.Type{}, v.Span, why...), v)
	case v.IsSequence():
		w := *v
		w.Elems = make([]*value.Value, len(v.Elems))
		for i, e := range v.Elems {
			w.Elems[i] = unsettled(e, why)
		}
		return &w
	case v.IsMapping():
		w := *v
		w.Attrs = make([]value.Attr, len(v.Attrs))
		for i, a := range v.Attrs {
			w.Attrs[i] = value.Attr{Name: a.Name, Value: unsettled(a.Value, why)}
		}
		return &w
	case v.Is(value.Unknown) && v != nil && (v.Type.Kind == value.Number || v.Type.Kind == value.Bool):
		w := *v
		w.Type = value.Type{}
		return &w
	}
	return v
}
