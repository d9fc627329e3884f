package terraform

import (
	"errors"
	"fmt"
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/value"
)

// members are the members of a mapping in key order, the last of each name;
// those whose names are not known come last.
func members(v *value.Value) []value.Attr {
	seen := map[string]bool{}
	out := make([]value.Attr, 0, len(v.Attrs))
	for i := len(v.Attrs) - 1; i >= 0; i-- {
		k, ok := v.Attrs[i].Key()
		if ok && seen[k] {
			continue
		}
		seen[k] = seen[k] || ok
		out = append(out, v.Attrs[i])
	}
	sortAttrs(out)
	return out
}

func sortAttrs(attrs []value.Attr) {
	sort.SliceStable(attrs, func(i, j int) bool {
		a, aok := attrs[i].Key()
		b, bok := attrs[j].Key()
		if !aok || !bok {
			return aok && !bok
		}
		return a < b
	})
}

func hasKey(v *value.Value, key string) bool {
	for _, a := range v.Attrs {
		if k, ok := a.Key(); ok && k == key {
			return true
		}
	}
	return false
}

// namesKnown says that no member's name is unknown.
func namesKnown(v *value.Value) bool {
	for _, a := range v.Attrs {
		if _, ok := a.Key(); !ok {
			return false
		}
	}
	return true
}

// mapping is argument i, which must be an object or map, or unknown.
func (c *call) mapping(i int) (*value.Value, error) {
	v := c.args[i]
	if !v.IsMapping() && !v.Is(value.Unknown) {
		return nil, fmt.Errorf("argument %d: map or object required, not %s", i+1, typeOf(v).FriendlyName())
	}
	return v, nil
}

// listKind is the kind of a list made from a mapping: an object's is a tuple.
func listKind(v *value.Value) value.Kind {
	if v.Is(value.Object) {
		return value.Tuple
	}
	return value.List
}

// keys is known as far as the names are, whatever the members' values.
func (c *call) keys() (*value.Value, error) {
	m, err := c.mapping(0)
	if err != nil {
		return nil, err
	}
	g := &gather{loose: !namesKnown(m)}
	for _, a := range members(m) {
		g.add(a.Name)
	}
	if m.Is(value.Unknown) || m.Open {
		g.more(m)
	}
	v := g.result(c, listKind(m))
	if v.Is(value.List) && len(v.Elems) == 0 {
		v.Type = value.Type{Kind: value.String}
	}
	return v, nil
}

// values is in the order of keys. A name that is not known may come anywhere:
// then there is no order.
func (c *call) values() (*value.Value, error) {
	m, err := c.mapping(0)
	if err != nil {
		return nil, err
	}
	g := &gather{loose: !namesKnown(m)}
	for _, a := range members(m) {
		g.add(a.Value)
	}
	if m.Is(value.Unknown) || m.Open {
		g.more(m)
	}
	v := g.result(c, listKind(m))
	if v.Is(value.List) && len(v.Elems) == 0 {
		v.Type = valueType(elemType(m))
	}
	return v, nil
}

// lookup is a member, or the default. That of a map has the map's element type,
// so that the default is converted.
func (c *call) lookup() (*value.Value, error) {
	if c.args[0].Missing() || c.args[1].Missing() {
		return nil, errors.New("the map and the key must not be null")
	}
	m, err := c.mapping(0)
	if err != nil {
		return nil, err
	}
	name, err := c.str(1)
	if err != nil {
		return nil, err
	}
	key, ok := name.Text()
	if !ok || m.Is(value.Unknown) {
		return c.unknown(elementType(m)), nil
	}
	v := m.Get(key)
	switch {
	// It is there, with a value that is not written: null to who reads it.
	case v.Is(value.Absent) && hasKey(m, key):
		v = value.NullOf(v.Type)
	case v.Is(value.Unknown) && !hasKey(m, key):
		return c.unknown(elementType(m)), nil // open: it or the default
	case v.Is(value.Absent) && len(c.args) < 3:
		return nil, fmt.Errorf("the map has no element %q, and no default is given", key)
	case v.Is(value.Absent):
		other := c.args[2]
		if m.Is(value.Map) {
			other = settle(other, []*value.Value{value.Of(valueType(elementType(m)), m.Span)}, c.why())
		}
		if v, err = convertTo(other, elementType(m)); err != nil {
			return nil, fmt.Errorf("the default value: %w", err)
		}
	}
	return carryFrom(v, m, name), nil
}

// merging is a merge under way.
type merging struct {
	members map[string]value.Attr
	unnamed []value.Attr // members whose names are not known
	open    bool
	why     []value.Reason
}

// shadow makes unknown what v may replace, for its members are not all known.
// Later arguments win:
// https://developer.hashicorp.com/terraform/language/functions/merge
func (m *merging) shadow(v *value.Value) {
	why := v.AllWhy()
	for k, a := range m.members {
		// That one is replaced for certain.
		if v.IsMapping() && hasKey(v, k) {
			continue
		}
		a.Value = value.Of(value.Type{}, a.Value.Span, uniqueReasons(append(a.Value.AllWhy(), why...))...)
		m.members[k] = a
	}
	if v.Is(value.Unknown) || v.Open {
		m.open = true
		m.why = append(m.why, why...)
	}
}

func (m *merging) add(v *value.Value) {
	if v.Is(value.Unknown) || v.Open || !namesKnown(v) {
		m.shadow(v)
	}
	for _, a := range v.Attrs {
		if k, ok := a.Key(); ok {
			m.members[k] = a
		} else {
			m.unnamed = append(m.unnamed, a)
		}
	}
}

// merge is a map only if all arguments are maps of one type. null arguments are
// left out; without any other the result is an empty object.
func (c *call) merge() (*value.Value, error) {
	m := &merging{members: map[string]value.Attr{}}
	kind := value.Map
	var first cty.Type
	n := 0
	for i, a := range c.args {
		if a.Missing() {
			continue
		}
		t := typeOf(a)
		unknownType := a.Is(value.Unknown) && a.Type.Kind == value.Unknown
		if !t.IsMapType() && !t.IsObjectType() && !unknownType && !a.IsMapping() {
			return nil, fmt.Errorf("argument %d: map or object required, not %s", i+1, t.FriendlyName())
		}
		if n++; n == 1 {
			first = t
		}
		// Maps of one type make a map; anything else an object.
		if !t.IsMapType() || !t.Equals(first) {
			kind = value.Object
		}
		m.add(a)
	}
	out := &value.Value{Kind: kind, Open: m.open, Why: uniqueReasons(m.why), Span: c.sc.span}
	switch {
	case n == 0:
		out.Kind = value.Object
	// An open mapping of nothing says no more than an unknown one.
	case m.open && len(m.members)+len(m.unnamed) == 0:
		return c.carry(value.Of(value.Type{Kind: kind}, c.sc.span, out.Why...)), nil
	}
	for _, k := range sortedKeys(m.members) {
		out.Attrs = append(out.Attrs, m.members[k])
	}
	out.Attrs = append(out.Attrs, m.unnamed...)
	if len(out.Attrs) == 0 && out.Kind == value.Map {
		out.Type = valueType(first.ElementType())
	}
	return c.carry(out), nil
}

// zipmap makes an object of a tuple of values, and a map of a list. Of equal keys
// the last counts.
func (c *call) zipmap() (*value.Value, error) {
	names, err := c.as(0, cty.List(cty.String))
	if err != nil {
		return nil, err
	}
	vals, err := c.sequence(1)
	if err != nil {
		return nil, err
	}
	switch {
	case vals.Is(value.Set) && vals.Known():
		return nil, errors.New("the values must be a list or tuple")
	case names.Is(value.Unknown) || vals.Is(value.Unknown) || !positioned(names) || !positioned(vals):
		return c.unknown(cty.DynamicPseudoType), nil
	case len(names.Elems) != len(vals.Elems):
		return nil, fmt.Errorf("%d keys for %d values", len(names.Elems), len(vals.Elems))
	}
	out := &value.Value{Kind: value.Map, Span: c.sc.span}
	if vals.Is(value.Tuple) {
		out.Kind = value.Object
	}
	for i, k := range names.Elems {
		if k.Missing() {
			return nil, errors.New("a key must not be null")
		}
		if _, ok := k.Text(); !ok { // it may be the name of one before
			for j, a := range out.Attrs {
				out.Attrs[j].Value = value.Of(value.Type{}, a.Value.Span, uniqueReasons(append(k.AllWhy(), a.Value.AllWhy()...))...)
			}
		}
		out.Attrs = append(out.Attrs, value.Attr{Name: k, Value: vals.Elems[i]})
	}
	all := out.Attrs
	out.Attrs = members(out)
	for i := range all {
		// Then the names decided which values are left.
		if len(out.Attrs) < len(all) { // some name came again
			out = carryDeepFrom(out, all[i].Name)
		}
	}
	if len(out.Attrs) == 0 && out.Kind == value.Map {
		out.Type = valueType(elemType(vals))
	}
	return c.carry(out), nil
}

// transpose is decided only for what is all known: a single text that is not may
// be any key of the result.
func (c *call) transpose() (*value.Value, error) {
	m, err := c.as(0, cty.Map(cty.List(cty.String)))
	if err != nil {
		return nil, err
	}
	if m.Is(value.Unknown) || m.Open || !namesKnown(m) {
		return c.unknown(cty.Map(cty.List(cty.String))), nil
	}
	out := &value.Value{Kind: value.Map, Span: c.sc.span}
	lists := map[string]*gather{}
	names := map[string]*value.Value{}
	for _, a := range members(m) {
		if a.Value.Is(value.Unknown) || a.Value.Open || !a.Value.Known() {
			return c.unknown(cty.Map(cty.List(cty.String))), nil
		}
		for _, e := range a.Value.Elems {
			k, ok := e.Text()
			if !ok {
				return nil, errors.New("the lists must hold strings")
			}
			if lists[k] == nil {
				lists[k], names[k] = &gather{}, e
			}
			lists[k].add(a.Name)
		}
	}
	for _, k := range sortedKeys(lists) {
		out.Attrs = append(out.Attrs, value.Attr{Name: names[k], Value: lists[k].result(c, value.List)})
	}
	if len(out.Attrs) == 0 {
		out.Type = valueType(cty.List(cty.String))
	}
	return c.carryDeep(out), nil
}
