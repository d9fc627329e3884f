package terraform

import (
	"sort"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// principals is the Principal element of principals blocks; nil without any.
func (r *policyRenderer) principals(v *value.Value, version string) *value.Value {
	return r.byCase(v, func(r *policyRenderer, v *value.Value) *value.Value { return r.principalsOf(v, version) })
}

func (r *policyRenderer) principalsOf(v *value.Value, version string) *value.Value {
	blocks, open, why := nested(v)
	if open && v.Rest.IsMapping() && v.Rest.Get("type").TextOr("") == "Service" {
		// Whatever they are, they are services: nobody else is let in by them.
		services := *v.Rest
		services.Attrs = []value.Attr{
			{Name: value.Str("type"), Value: v.Rest.Get("type")},
			{Name: value.Str("identifiers"), Value: value.Of(value.Type{}, v.Rest.Span, why...)},
		}
		blocks, open, why = append(blocks, &services), false, nil
	}
	if len(blocks) == 0 {
		if open {
			return value.Of(value.Type{}, v.Span, why...)
		}
		return nil
	}
	out := &value.Value{Kind: value.Object, Open: open, Why: why, Span: blocksSpan(blocks), Syntax: value.SyntaxBlock}
	for _, b := range blocks {
		// Both are required by the schema.
		typ := r.text(b, "type")
		list := r.list(b, "identifiers", version)
		if typ == nil || list == nil {
			r.refuse(b.Span, "principals without type and identifiers")
			continue
		}
		if !list.Is(value.Unknown) {
			list.Elems = descending(list.Elems)
		}
		addPrincipals(out, typ, list)
	}
	// {"*": "*"} alone is printed as "*". {"AWS": "*"} stays: the trust policy of
	// a role may say that and not "*" (policy_model.go, MarshalJSON of the
	// principals).
	if len(blocks) == 1 && !open && len(out.Attrs) == 1 {
		if k, _ := out.Attrs[0].Key(); k == "*" {
			if e := out.Attrs[0].Value; e.TextOr("") == "*" {
				return e
			}
		}
	}
	sortMembers(out)
	return out
}

// blocksSpan reaches from the first of the blocks to the last.
func blocksSpan(blocks []*value.Value) source.Span {
	return blocks[0].Span.To(blocks[len(blocks)-1].Span)
}

// addPrincipals appends identifiers of a type to what out has of it. Identifiers
// are sorted within a block and not across blocks.
func addPrincipals(out *value.Value, typ, list *value.Value) {
	if key, ok := typ.Text(); ok {
		for i, a := range out.Attrs {
			if k, ok := a.Key(); ok && k == key {
				out.Attrs[i].Value = appendValues(a.Value, list)
				return
			}
		}
	}
	if !list.Is(value.Unknown) {
		if s := single(list); s != nil {
			list = s
		}
	}
	out.Attrs = append(out.Attrs, value.Attr{Name: typ, Value: list})
}

// appendValues is the values of a and then those of b, each a list or one value;
// what is unknown as a whole leaves the list open. Duplicates stay: the provider
// appends without a look.
func appendValues(a, b *value.Value) *value.Value {
	out := &value.Value{Kind: value.Tuple}
	var rests []*value.Value
	for _, v := range []*value.Value{a, b} {
		if v.Open || v.Is(value.Unknown) && v.Type.Kind != value.String {
			rests = append(rests, v.Rest)
		}
		switch {
		case v.IsSequence():
			out.Elems = append(out.Elems, v.Elems...)
			out.Open = out.Open || v.Open
			out.Why = append(out.Why, v.Why...)
			out.Assumptions = value.MergeAssumptions(out.Assumptions, v.Assumptions)
			out.Sensitive = out.Sensitive || v.Sensitive
			if out.Span.IsZero() {
				out.Span, out.Syntax = v.Span, v.Syntax
			}
		case v.Is(value.Unknown) && v.Type.Kind != value.String:
			out.Open = true
			out.Why = append(out.Why, v.AllWhy()...)
		default:
			out.Elems = append(out.Elems, v)
		}
	}
	out.Rest = value.AnyOf(rests...)
	return out
}

// sortMembers orders members by name, unknown names last. Go's encoding/json
// prints the provider's maps so.
func sortMembers(v *value.Value) {
	sort.SliceStable(v.Attrs, func(i, j int) bool {
		a, known := v.Attrs[i].Key()
		b, other := v.Attrs[j].Key()
		if known != other {
			return known
		}
		return known && a < b
	})
}

// conditions is the Condition element of condition blocks; nil without any.
func (r *policyRenderer) conditions(v *value.Value, version string) *value.Value {
	return r.byCase(v, func(r *policyRenderer, v *value.Value) *value.Value { return r.conditionsOf(v, version) })
}

// conditionsOf joins the blocks by operator and key. Values keep their order.
func (r *policyRenderer) conditionsOf(v *value.Value, version string) *value.Value {
	blocks, open, why := nested(v)
	if len(blocks) == 0 && !open {
		return nil
	}
	out := &value.Value{Kind: value.Object, Open: open, Why: why, Span: v.Span, Syntax: value.SyntaxBlock}
	if len(blocks) > 0 {
		out.Span = blocksSpan(blocks)
	}
	for _, b := range blocks {
		test, variable := r.text(b, "test"), r.text(b, "variable")
		// values is a list: neither sorted nor freed of duplicates.
		values := r.list(b, "values", version)
		if test == nil || variable == nil || values == nil {
			r.refuse(b.Span, "condition without test, variable and values")
			continue
		}
		addCondition(out, b, test, variable, values)
	}
	return flattenConditions(out)
}

// addCondition appends one condition to those that out has. block is the node
// that the operator's object stands for when it is the first of its operator.
func addCondition(out, block, test, variable, values *value.Value) {
	operator := -1
	if key, ok := test.Text(); ok {
		for i, a := range out.Attrs {
			if k, ok := a.Key(); ok && k == key {
				operator = i
			}
		}
	}
	if operator < 0 {
		operator = len(out.Attrs)
		keys := &value.Value{Kind: value.Object, Span: block.Span, Syntax: block.Syntax, Assumptions: block.Assumptions, Open: block.Open}
		out.Attrs = append(out.Attrs, value.Attr{Name: test, Value: keys})
	}
	keys := out.Attrs[operator].Value
	keys.Assumptions = value.MergeAssumptions(keys.Assumptions, block.Assumptions)
	if name, ok := variable.Text(); ok {
		for i, a := range keys.Attrs {
			if k, ok := a.Key(); ok && k == name {
				keys.Attrs[i].Value = appendValues(a.Value, values)
				return
			}
		}
	}
	keys.Attrs = append(keys.Attrs, value.Attr{Name: variable, Value: values})
}

// flattenConditions orders operators and keys and prints a single value by
// itself. An empty list stays one.
func flattenConditions(out *value.Value) *value.Value {
	sortMembers(out)
	for _, operator := range out.Attrs {
		keys := operator.Value
		if !keys.IsMapping() {
			continue
		}
		sortMembers(keys)
		for i, a := range keys.Attrs {
			if a.Value.IsSequence() {
				if s := single(a.Value); s != nil {
					keys.Attrs[i].Value = s
				}
			}
		}
	}
	return out
}
