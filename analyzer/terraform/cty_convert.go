package terraform

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iamvet/iamvet/analyzer/value"
)

// convertTo is v as a value of type t, as Terraform converts arguments,
// variables and the members of collections. Members keep where they come from.
// A set whose members are not all known has no order, so as a list it stays a
// set: what it holds is right, and nobody can take its first element for known.
func convertTo(v *value.Value, t cty.Type) (*value.Value, error) {
	if v == nil {
		v = &value.Value{}
	}
	w, err := convertWhole(v, t)
	if err != nil || len(v.Candidates) == 0 {
		return w, err
	}
	var cases []value.Case
	for _, c := range v.Cases() {
		if converted, err := convertTo(c.Value, t); err == nil { // Terraform refuses the others
			cases = append(cases, value.Case{Value: converted, When: c.When})
		}
	}
	return value.OneOf(w, cases), nil
}

// convertWhole converts what is known of all that v is one of.
func convertWhole(v *value.Value, t cty.Type) (*value.Value, error) {
	switch {
	case t == cty.DynamicPseudoType:
		return v, nil
	case v.Missing():
		w := *v
		w.Kind, w.Type = value.Null, valueType(t)
		return &w, nil
	case v.Is(value.Unknown):
		return convertUnknown(v, t)
	case t.IsPrimitiveType():
		return convertPrimitive(v, t)
	case t.IsCollectionType():
		return convertCollection(v, t)
	case t.IsTupleType():
		return convertTuple(v, t)
	case t.IsObjectType():
		return convertObject(v, t)
	}
	return nil, mismatch(v, t)
}

func mismatch(v *value.Value, t cty.Type) error {
	return fmt.Errorf("%s required, not %s", t.FriendlyName(), typeOf(v).FriendlyName())
}

func convertUnknown(v *value.Value, t cty.Type) (*value.Value, error) {
	from := ctyType(v.Type)
	if from.Equals(t) {
		return v, nil
	}
	if from != cty.DynamicPseudoType && convert.GetConversionUnsafe(from, t) == nil {
		return nil, mismatch(v, t)
	}
	w := *v
	w.Type = valueType(t.WithoutOptionalAttributesDeep())
	return &w, nil
}

func convertPrimitive(v *value.Value, t cty.Type) (*value.Value, error) {
	from := typeOf(v)
	if from.Equals(t) {
		return v, nil
	}
	if !from.IsPrimitiveType() {
		return nil, mismatch(v, t)
	}
	if v.Kind == value.Number && (v.Number == nil || oversized(v.Number)) {
		return nil, fmt.Errorf("number is too large to print")
	}
	if t == cty.Number && manyDigits(v) {
		return nil, errDigits
	}
	c, err := convert.Convert(toCty(v), t)
	if err != nil {
		return nil, err
	}
	w := fromCty(c, v.Span, v.AllWhy()...)
	w.Via, w.Assumptions, w.Sensitive = v.Via, v.Assumptions, v.Sensitive
	return w, nil
}

// convertCollection makes a list, set or map. An element type of "any" stands
// for what the members have in common.
func convertCollection(v *value.Value, t cty.Type) (*value.Value, error) {
	if t.IsMapType() != v.IsMapping() || !v.IsMapping() && !v.IsSequence() {
		return nil, mismatch(v, t)
	}
	elem := t.ElementType()
	if elem == cty.DynamicPseudoType {
		var ok bool
		if v, elem, ok = homogeneous(v); !ok {
			return nil, fmt.Errorf("all elements of a %s must have the same type", valueType(t).Kind)
		}
	}
	if elem != cty.DynamicPseudoType && elem.HasDynamicTypes() && len(membersOf(v)) > 0 {
		var err error
		if v, elem, err = alike(v, elem); err != nil {
			return nil, err
		}
	}
	w := *v
	w.Type, w.JSON = value.Type{}, nil
	if len(membersOf(v)) == 0 {
		w.Type = valueType(elem)
	}
	var err error
	if v.IsMapping() {
		w.Kind = value.Map
		w.Attrs, err = convertAttrs(v.Attrs, func(string) (cty.Type, bool) { return elem, true })
		return &w, err
	}
	if w.Elems, err = convertElems(v.Elems, elem); err != nil {
		return nil, err
	}
	switch {
	case t.IsSetType():
		w.Kind = value.Set
		elems, dropped := setElems(w.Elems)
		w.Elems = elems
		return carryDeepFrom(&w, dropped...), nil
	case v.Kind == value.Set && !v.Known():
	default:
		w.Kind = value.List
	}
	return &w, nil
}

// alike is v with members that are converted to elem, a type with "any" inside,
// and the one type that they then all take: "any" stands for the same in each.
func alike(v *value.Value, elem cty.Type) (*value.Value, cty.Type, error) {
	w := *v
	var err error
	if v.IsMapping() {
		w.Attrs, err = convertAttrs(v.Attrs, func(string) (cty.Type, bool) { return elem, true })
	} else {
		w.Elems, err = convertElems(v.Elems, elem)
	}
	if err != nil {
		return nil, cty.NilType, err
	}
	out, common, ok := homogeneous(&w)
	if !ok {
		return nil, cty.NilType, fmt.Errorf("all elements must have the same type")
	}
	return out, common, nil
}

func convertElems(elems []*value.Value, t cty.Type) ([]*value.Value, error) {
	out := make([]*value.Value, len(elems))
	for i, e := range elems {
		c, err := convertTo(e, t)
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		out[i] = c
	}
	return out, nil
}

// convertAttrs converts the members that keep says to keep, to the type it
// says.
func convertAttrs(attrs []value.Attr, keep func(key string) (cty.Type, bool)) ([]value.Attr, error) {
	out := make([]value.Attr, 0, len(attrs))
	for _, a := range attrs {
		k, _ := a.Key()
		t, ok := keep(k)
		if !ok {
			continue
		}
		c, err := convertTo(a.Value, t)
		if err != nil {
			return nil, fmt.Errorf("element %q: %w", k, err)
		}
		out = append(out, value.Attr{Name: a.Name, Value: c, Expr: a.Expr})
	}
	return out, nil
}

func convertTuple(v *value.Value, t cty.Type) (*value.Value, error) {
	types := t.TupleElementTypes()
	if !v.IsSequence() || !v.Open && v.Kind != value.Set && len(v.Elems) != len(types) || len(v.Elems) > len(types) {
		return nil, mismatch(v, t)
	}
	if v.Open || v.Kind == value.Set && !v.Known() {
		return v, nil
	}
	w := *v
	w.Kind, w.Type, w.Elems = value.Tuple, value.Type{}, make([]*value.Value, len(v.Elems))
	if len(v.Elems) != len(types) {
		return nil, mismatch(v, t)
	}
	for i, e := range v.Elems {
		c, err := convertTo(e, types[i])
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		w.Elems[i] = c
	}
	return &w, nil
}

// convertObject drops the members that t does not have and adds the optional
// ones that v does not have, as nulls.
func convertObject(v *value.Value, t cty.Type) (*value.Value, error) {
	if !v.IsMapping() {
		return nil, mismatch(v, t)
	}
	w := *v
	w.Kind, w.Type = value.Object, value.Type{}
	for _, a := range v.Attrs {
		if _, ok := a.Key(); !ok {
			w.Open, w.Why = true, append(w.Why[:len(w.Why):len(w.Why)], a.Name.AllWhy()...)
		}
	}
	types := t.AttributeTypes()
	var err error
	w.Attrs, err = convertAttrs(v.Attrs, func(k string) (cty.Type, bool) { at, ok := types[k]; return at, ok })
	if err != nil {
		return nil, err
	}
	for _, k := range sortedKeys(types) {
		switch {
		case hasKey(v, k):
		case v.Get(k).Is(value.Unknown):
			w.Open = true
		case t.AttributeOptional(k):
			w.Attrs = append(w.Attrs, value.Attr{Name: value.Str(k), Value: value.NullOf(valueType(types[k]))})
		default:
			return nil, fmt.Errorf("attribute %q is required", k)
		}
	}
	sortAttrs(w.Attrs)
	return &w, nil
}
