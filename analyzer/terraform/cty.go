package terraform

import (
	"math/big"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// ctyType is t in cty's terms. "Any" is cty's dynamic pseudo-type.
func ctyType(t value.Type) cty.Type {
	elem := func() cty.Type {
		if t.Elem == nil {
			return cty.DynamicPseudoType
		}
		return ctyType(*t.Elem)
	}
	switch t.Kind {
	case value.Bool:
		return cty.Bool
	case value.Number:
		return cty.Number
	case value.String:
		return cty.String
	case value.List:
		return cty.List(elem())
	case value.Set:
		return cty.Set(elem())
	case value.Map:
		return cty.Map(elem())
	case value.Tuple:
		elems := make([]cty.Type, len(t.Elems))
		for i, e := range t.Elems {
			elems[i] = ctyType(e)
		}
		return cty.Tuple(elems)
	case value.Object:
		attrs := make(map[string]cty.Type, len(t.Attrs))
		for k, a := range t.Attrs {
			attrs[k] = ctyType(a)
		}
		return cty.Object(attrs)
	}
	return cty.DynamicPseudoType
}

// valueType is t in the terms of package value. Optional object attributes are
// attributes like others there.
func valueType(t cty.Type) value.Type {
	elem := func(k value.Kind) value.Type {
		e := valueType(t.ElementType())
		return value.Type{Kind: k, Elem: &e}
	}
	switch {
	case t == cty.NilType || t == cty.DynamicPseudoType:
		return value.Type{}
	case t == cty.Bool:
		return value.Type{Kind: value.Bool}
	case t == cty.Number:
		return value.Type{Kind: value.Number}
	case t == cty.String:
		return value.Type{Kind: value.String}
	case t.IsListType():
		return elem(value.List)
	case t.IsSetType():
		return elem(value.Set)
	case t.IsMapType():
		return elem(value.Map)
	case t.IsTupleType():
		out := value.Type{Kind: value.Tuple}
		for _, e := range t.TupleElementTypes() {
			out.Elems = append(out.Elems, valueType(e))
		}
		return out
	case t.IsObjectType():
		out := value.Type{Kind: value.Object, Attrs: map[string]value.Type{}}
		for k, a := range t.AttributeTypes() {
			out.Attrs[k] = valueType(a)
		}
		return out
	}
	return value.Type{}
}

// kindOf is the kind of a collection, without a look at what it holds.
func kindOf(t cty.Type) value.Kind {
	switch {
	case t.IsListType():
		return value.List
	case t.IsSetType():
		return value.Set
	case t.IsMapType():
		return value.Map
	case t.IsTupleType():
		return value.Tuple
	case t.IsObjectType():
		return value.Object
	}
	return value.Unknown
}

// typeOf is the type that Terraform would give v.
func typeOf(v *value.Value) cty.Type {
	if v == nil {
		return cty.DynamicPseudoType
	}
	switch v.Kind {
	case value.Bool:
		return cty.Bool
	case value.Number:
		return cty.Number
	case value.String:
		return cty.String
	case value.List:
		return cty.List(elemType(v))
	case value.Set:
		return cty.Set(elemType(v))
	case value.Map:
		return cty.Map(elemType(v))
	case value.Tuple:
		if v.Open {
			return cty.DynamicPseudoType
		}
		return cty.Tuple(typesOf(v.Elems))
	case value.Object:
		if v.Open || !namesKnown(v) {
			return cty.DynamicPseudoType
		}
		attrs := map[string]cty.Type{}
		for _, a := range v.Attrs {
			k, _ := a.Key()
			attrs[k] = typeOf(a.Value)
		}
		return cty.Object(attrs)
	}
	return ctyType(v.Type)
}

func typesOf(vs []*value.Value) []cty.Type {
	out := make([]cty.Type, len(vs))
	for i, v := range vs {
		out[i] = typeOf(v)
	}
	return out
}

// elemType is the element type of a list, set or map, or what the elements of
// a tuple or object have in common.
func elemType(v *value.Value) cty.Type {
	if v.Is(value.Unknown) {
		return elementType(v)
	}
	members := membersOf(v)
	if len(members) == 0 {
		return ctyType(v.Type)
	}
	if t, ok := unify(typesOf(members)); ok {
		return t
	}
	return cty.DynamicPseudoType
}

func membersOf(v *value.Value) []*value.Value {
	if !v.IsMapping() {
		return v.Elems
	}
	var out []*value.Value
	for _, a := range v.Attrs {
		out = append(out, a.Value)
	}
	return out
}

// toCty is v for cty's functions. What is unknown in v is unknown in the
// result; a string with holes is unknown with a known prefix; what may have
// more members than are listed is unknown altogether.
func toCty(v *value.Value) cty.Value {
	if v == nil {
		return cty.DynamicVal
	}
	switch v.Kind {
	case value.Absent, value.Null:
		return cty.NullVal(ctyType(v.Type))
	case value.Bool:
		return cty.BoolVal(v.Bool)
	case value.Number:
		if v.Number == nil || oversized(v.Number) {
			return cty.UnknownVal(cty.Number)
		}
		return cty.NumberVal(v.Number)
	case value.String:
		if s, ok := v.Text(); ok {
			return cty.StringVal(strings.ToValidUTF8(s, "\uFFFD"))
		}
		b := cty.UnknownVal(cty.String).Refine().NotNull()
		if p := knownPrefix(v.Parts); p != "" {
			b = b.StringPrefix(strings.ToValidUTF8(p, "\uFFFD"))
		}
		return b.NewValue()
	case value.Tuple, value.List, value.Set:
		return sequenceToCty(v)
	case value.Object, value.Map:
		return mappingToCty(v)
	}
	return cty.UnknownVal(ctyType(v.Type))
}

func toCtys(vs []*value.Value) []cty.Value {
	out := make([]cty.Value, len(vs))
	for i, v := range vs {
		out[i] = toCty(v)
	}
	return out
}

func sequenceToCty(v *value.Value) cty.Value {
	if v.Open {
		return cty.UnknownVal(typeOf(v))
	}
	elems := toCtys(v.Elems)
	if v.Kind == value.Tuple {
		return cty.TupleVal(elems)
	}
	elem := elemType(v)
	if !convertAll(elems, elem) {
		return cty.TupleVal(elems)
	}
	switch {
	case v.Kind == value.List && len(elems) == 0:
		return cty.ListValEmpty(elem)
	case v.Kind == value.List:
		return cty.ListVal(elems)
	case len(elems) == 0:
		return cty.SetValEmpty(elem)
	}
	return cty.SetVal(elems)
}

func mappingToCty(v *value.Value) cty.Value {
	members := map[string]cty.Value{}
	var keys []string
	for _, a := range v.Attrs {
		k, ok := a.Key()
		if !ok {
			return cty.UnknownVal(typeOf(v))
		}
		if _, dup := members[k]; !dup {
			keys = append(keys, k)
		}
		members[k] = toCty(a.Value)
	}
	if v.Open {
		return cty.UnknownVal(typeOf(v))
	}
	if v.Kind == value.Object {
		return cty.ObjectVal(members)
	}
	elem := elemType(v)
	if len(members) == 0 {
		return cty.MapValEmpty(elem)
	}
	list := make([]cty.Value, len(keys))
	for i, k := range keys {
		list[i] = members[k]
	}
	if !convertAll(list, elem) {
		return cty.ObjectVal(members)
	}
	for i, k := range keys {
		members[k] = list[i]
	}
	return cty.MapVal(members)
}

// convertAll converts in place, and reports whether all now have one type.
func convertAll(vs []cty.Value, t cty.Type) bool {
	for i := range vs {
		c, err := convert.Convert(vs[i], t)
		if err != nil {
			return false
		}
		vs[i] = c
	}
	for i := 1; i < len(vs); i++ {
		if !vs[i].Type().Equals(vs[0].Type()) {
			return false
		}
	}
	return true
}

// oversized says that a number is too large to print: tostring(1e999999999)
// would be a gigabyte of digits.
func oversized(n *big.Float) bool {
	exp := n.MantExp(nil)
	return exp > 1<<14 || exp < -(1<<14)
}

// fromCty is c with everything in it standing at span.
func fromCty(c cty.Value, span source.Span, why ...value.Reason) *value.Value {
	c, _ = c.Unmark()
	if c == cty.NilVal {
		return value.Of(value.Type{}, span, why...)
	}
	t := c.Type()
	switch {
	case !c.IsKnown():
		return fromUnknown(c, span, why)
	case c.IsNull():
		return &value.Value{Kind: value.Null, Type: valueType(t), Span: span}
	case t == cty.Bool:
		return &value.Value{Kind: value.Bool, Bool: c.True(), Span: span}
	case t == cty.Number:
		return &value.Value{Kind: value.Number, Number: c.AsBigFloat(), Span: span}
	case t == cty.String:
		return value.StrAt(source.Computed(c.AsString(), span))
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		v := &value.Value{Kind: kindOf(t), Span: span}
		for it := c.ElementIterator(); it.Next(); {
			_, e := it.Element()
			v.Elems = append(v.Elems, fromCty(e, span, why...))
		}
		if len(v.Elems) == 0 && !t.IsTupleType() {
			v.Type = valueType(t.ElementType())
		}
		return v
	case t.IsMapType(), t.IsObjectType():
		v := &value.Value{Kind: kindOf(t), Span: span}
		for it := c.ElementIterator(); it.Next(); {
			k, e := it.Element()
			v.Attrs = append(v.Attrs, value.Attr{Name: fromCty(k, span), Value: fromCty(e, span, why...)})
		}
		if len(v.Attrs) == 0 && t.IsMapType() {
			v.Type = valueType(t.ElementType())
		}
		return v
	}
	return value.Of(value.Type{}, span, why...)
}

// fromUnknown keeps the prefix that cty may know of an unknown string.
func fromUnknown(c cty.Value, span source.Span, why []value.Reason) *value.Value {
	v := value.Of(valueType(c.Type()), span, why...)
	if c.Type() != cty.String {
		return v
	}
	r := c.Range()
	if p := r.StringPrefix(); p != "" && r.DefinitelyNotNull() {
		return &value.Value{Kind: value.String, Span: span, Parts: []value.Part{{Text: source.Computed(p, span)}, {Hole: v}}}
	}
	return v
}
