package terraform

import (
	"math/big"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// follow applies the steps of a traversal to v.
func (e evaluation) follow(v *value.Value, steps hcl.Traversal) *value.Value {
	for _, s := range steps {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			v = e.attribute(v, s.Name, e.span(s.SrcRange))
		case hcl.TraverseIndex:
			at := e.span(s.SrcRange)
			v = e.index(v, fromCty(s.Key, at), at)
		default:
			return e.fail(v.Span, "the reference cannot be evaluated")
		}
	}
	return v
}

// attribute is v.name.
func (e evaluation) attribute(v *value.Value, name string, at source.Span) *value.Value {
	return e.byCase(e.attributeOf(v, name, at), v, func(e evaluation, v *value.Value) *value.Value { return e.attributeOf(v, name, at) })
}

func (e evaluation) attributeOf(v *value.Value, name string, at source.Span) *value.Value {
	if o := e.ev.objectOf(v); o != nil {
		m, problem := o.member(name, e.f.cautious)
		if problem != "" {
			return e.fail(at, problem)
		}
		// In try and can it matters that the object may be null: the attribute is
		// refused then.
		if e.doubts != nil {
			*e.doubts = append(*e.doubts, o.mayBeNull()...)
		}
		return part(m, v)
	}
	switch {
	// OpenTofu's enabled = false.
	case v.Is(value.Null) && v.Ref != nil && v.Ref.Attr == "":
		return e.fail(at, v.Ref.Address+" is not enabled, and null")
	case v.Is(value.Unknown):
		return part(unknownMember(v, "."+name, at), v)
	case v.Missing():
		return e.fail(at, "a null value has no attribute "+strconv.Quote(name))
	// "Missing resource instance key", as Terraform calls it.
	case e.ev.instancesOf(v) != nil && v.Get(name).Is(value.Absent):
		return e.fail(at, e.ev.instancesOf(v).indexIt(v.Ref.Address, name))
	case !v.IsMapping():
		return e.fail(at, "a value that is no object has no attribute "+strconv.Quote(name))
	}
	m := v.Get(name)
	if m.Is(value.Absent) && v.Ref != nil && (v.Syntax == value.SyntaxBlock || v.Syntax == value.SyntaxTFJSON) {
		// A block of a resource: the provider may compute what is not written.
		why := value.Reason{Text: v.Ref.Address + "." + v.Ref.Attr + "." + name + " is known only after apply", Span: v.Span}
		m = value.Of(value.Type{}, at, why)
	}
	if m.Is(value.Absent) {
		return e.fail(at, "there is no attribute "+strconv.Quote(name))
	}
	return part(within(m, v, "."+name), v)
}

// objectOf is the resource or module that v is, as a whole. Copies of the value
// are still found, since they have the same Ref; a member has another.
func (ev *evaluator) objectOf(v *value.Value) object {
	if v == nil || v.Ref == nil || v.Ref.Attr != "" || v.Kind != value.Object {
		return nil
	}
	return ev.objects[v.Ref]
}

// mayBeNull is why a resource or module, as a whole, may be null; nil for any
// other value.
func (ev *evaluator) mayBeNull(v *value.Value) []value.Reason {
	if o := ev.objectOf(v); o != nil {
		return o.mayBeNull()
	}
	return nil
}

// unknownMember is a member of an unknown value: unknown for the same reasons,
// and a named part of what v refers to.
func unknownMember(v *value.Value, step string, at source.Span) *value.Value {
	u := value.Of(memberType(v.Type, step), at, v.Why...)
	u.Via = v.Via
	return within(u, v, step)
}

// memberType is the type of a member of an unknown value, for what is known of
// its type: step is ".name" or an index.
func memberType(t value.Type, step string) value.Type {
	switch t.Kind {
	case value.List, value.Set, value.Map:
		if t.Elem != nil {
			return *t.Elem
		}
	case value.Object:
		return t.Attrs[step[1:]]
	}
	return value.Type{}
}

// within is a member of v, which names the attribute that v refers to in more
// detail. What refers to something by itself goes on to do so.
func within(m, v *value.Value, step string) *value.Value {
	if v.Ref == nil || m.Ref != nil {
		return m
	}
	w := *m
	ref := *v.Ref
	// The attribute of a whole resource is "arn" and not ".arn".
	if ref.Attr == "" && step[0] == '.' {
		step = step[1:]
	}
	ref.Attr += step
	w.Ref = &ref
	return &w
}

// index is v[key].
func (e evaluation) index(v, key *value.Value, at source.Span) *value.Value {
	m := e.byCase(e.element(v, key, at), v, func(e evaluation, v *value.Value) *value.Value { return e.element(v, key, at) })
	return burden(part(m, v), key.Assumptions, false)
}

// element is v[key] without what the member rests on, which index adds.
func (e evaluation) element(v, key *value.Value, at source.Span) *value.Value {
	if all := e.ev.instancesOf(v); all != nil {
		if m, ok := all.at(key); ok {
			return m
		}
	}
	if o := e.ev.objectOf(v); o != nil {
		if k, ok := key.Text(); ok {
			return e.attribute(v, k, at)
		}
		v = e.ev.whole(v, e.f.cautious)
	}
	switch {
	case v.Missing():
		return e.fail(at, "a null value has no elements")
	case key.Missing():
		return e.fail(at, "the key is null")
	case v.Is(value.Unknown):
		if step, ok := indexStep(key); ok {
			return unknownMember(v, step, at)
		}
		return value.Of(value.Type{}, at, reasons(v, key)...)
	case v.IsMapping():
		k, ok := e.asString(key, at).Text()
		if !ok {
			return value.Of(value.Type{}, at, reasons(key)...)
		}
		m := v.Get(k)
		if m.Is(value.Absent) {
			return e.fail(at, "there is no element "+shownKey(key, strconv.Quote(k)))
		}
		return within(m, v, "["+strconv.Quote(k)+"]")
	case v.Kind == value.Set && !positioned(v):
		return value.Of(value.Type{}, at, reasons(v)...) // it may be a list whose order is not known
	case v.Kind == value.Set:
		return e.fail(at, "elements of a set have no index")
	case v.IsSequence():
		n, ok := e.asNumber(key, at)
		if !ok {
			return value.Of(value.Type{}, at, reasons(key)...)
		}
		i, acc := n.Int64()
		if acc != big.Exact || i < 0 || i >= int64(len(v.Elems)) && !v.Open {
			return e.fail(at, "there is no element "+shownKey(key, n.Text('f', -1))+" among "+strconv.Itoa(len(v.Elems)))
		}
		// Whichever it is, it is like the rest.
		if v.Open && len(v.Elems) == 0 && v.Rest != nil {
			return placedAt(v.Rest, at)
		}
		// Others may stand between those that are listed: see positioned.
		if v.Open {
			return value.Of(value.Type{}, at, reasons(v)...)
		}
		return within(v.Elems[i], v, "["+strconv.FormatInt(i, 10)+"]")
	}
	return e.fail(at, "the value has no elements")
}

// nth is an element of a sequence.
func nth(v *value.Value, i int) *value.Value {
	return part(within(v.Elems[i], v, "["+strconv.Itoa(i)+"]"), v)
}

// indexStep is [0] or ["k"]. It is what Ref.Attr spells; ok is false for a key
// that is not known.
func indexStep(key *value.Value) (string, bool) {
	if s, ok := key.Text(); ok {
		return "[" + strconv.Quote(s) + "]", true
	}
	if key.Is(value.Number) && key.Number != nil && key.Number.IsInt() {
		return "[" + key.Number.Text('f', 0) + "]", true
	}
	return "", false
}

// splat is v[*].rest: of a list each, of null none, of anything else that.
// https://developer.hashicorp.com/terraform/language/expressions/splat
func (e evaluation) splat(x *hclsyntax.SplatExpr) *value.Value {
	src := e.value(x.Source)
	return e.byCase(e.splatOf(x, src), src, func(e evaluation, src *value.Value) *value.Value { return e.splatOf(x, src) })
}

func (e evaluation) splatOf(x *hclsyntax.SplatExpr, src *value.Value) *value.Value {
	at := e.span(x.SrcRange)
	each := func(inner evaluation, v *value.Value) *value.Value {
		inner.anon = &anonymous{x.Item, v, e.anon}
		return inner.value(x.Each)
	}
	out := &value.Value{Kind: value.Tuple, Span: at}
	switch {
	case src.Missing():
	case src.Is(value.Unknown):
		out.Open, out.Why = true, reasons(src)
		out.Rest = each(e, memberNotListed(src))
	case e.ev.mayBeNull(src) != nil:
		// Where it is null there is nothing to go through: that its attribute
		// would be refused then is no doubt about the splat.
		surely := e
		surely.doubts = nil
		out.Open, out.Why = true, e.ev.mayBeNull(src)
		out.Rest = each(surely, src)
	case src.IsSequence():
		out.Open, out.Why = src.Open, src.Why
		for i := range src.Elems {
			out.Elems = append(out.Elems, each(e, nth(src, i)))
		}
		// hcl makes a list of a list or set; a list may go where a tuple may not.
		if src.Kind != value.Tuple && !src.Open {
			out.Kind = value.List
		}
		unordered(out, src)
	default:
		out.Elems = []*value.Value{each(e, src)}
	}
	return part(out, src)
}

// unordered makes a set of a sequence whose elements stand for those of from, if
// these stand in no known order. Nobody may then take elements from it by
// position.
func unordered(v, from *value.Value) {
	if from.IsSequence() && !positioned(from) {
		v.Kind = value.Set
		if !v.Open && v.Known() { // a set that is known would have an order
			v.Open, v.Why = true, reasons(from)
		}
	}
}

// loopItem is what a for expression goes over. The key of a list's element is its
// index, that of a set's element the element:
// https://developer.hashicorp.com/terraform/language/expressions/for
type loopItem struct{ key, v *value.Value }

// loop goes through the collection of a for expression. open says that there may
// be more items; ok is false for what cannot be gone through.
func (e evaluation) loop(coll *value.Value) (items []loopItem, _ *value.Value, open, ok bool) {
	if e.ev.objectOf(coll) != nil {
		coll = e.ev.whole(coll, e.f.cautious)
	}
	switch {
	case coll.Is(value.Unknown):
		return nil, coll, true, true
	case coll.IsMapping():
		for _, a := range coll.Attrs {
			items = append(items, loopItem{a.Name, part(a.Value, coll)})
		}
	case coll.IsSequence():
		for i, elem := range coll.Elems {
			key := value.Int(i)
			switch {
			case !positioned(coll): // perhaps a list whose order is not known
				key = value.Of(value.Type{}, coll.Span, reasons(coll)...)
			case coll.Kind == value.Set:
				key = part(elem, coll)
			}
			items = append(items, loopItem{key, nth(coll, i)})
		}
	default:
		return nil, coll, false, false
	}
	return items, coll, coll.Open, true
}

// iteration is the evaluation of a loop's body for one item, unless the loop's
// condition leaves it out.
func (e evaluation) iteration(x *hclsyntax.ForExpr, it loopItem) (evaluation, value.Tri, *value.Value) {
	e.ev.charge(8) // for what is kept of it
	inner := e
	inner.f = e.f.bind(x.KeyVar, it.key).bind(x.ValVar, it.v)
	if x.CondExpr == nil {
		return inner, value.Yes, nil
	}
	test := inner.value(x.CondExpr)
	return inner, inner.asBool(test, e.span(x.CondExpr.Range())), test
}

// givensOf are what holds of an item that the loop's condition, which does not
// depend on the item, keeps, and of one that it leaves out.
func (e evaluation) givensOf(x *hclsyntax.ForExpr) (kept, left value.Givens) {
	if x.CondExpr == nil {
		return nil, nil
	}
	inner := e
	// Only the names are looked for: a test that uses one of them depends on the
	// item.
	inner.f = e.f.bind(x.KeyVar, nil).bind(x.ValVar, nil)
	return inner.givens(x.CondExpr)
}

// forTuple is [for …], with the body evaluated by eval.
func (e evaluation) forTuple(x *hclsyntax.ForExpr, eval func(evaluation, hclsyntax.Expression) *value.Value) *value.Value {
	coll := e.value(x.CollExpr)
	return e.byCase(e.forTupleOver(x, coll, eval), coll, func(e evaluation, coll *value.Value) *value.Value { return e.forTupleOver(x, coll, eval) })
}

func (e evaluation) forTupleOver(x *hclsyntax.ForExpr, coll *value.Value, eval func(evaluation, hclsyntax.Expression) *value.Value) *value.Value {
	items, coll, open, ok := e.loop(coll)
	at := e.span(x.SrcRange)
	if !ok {
		return e.fail(at, "for needs a list, set, map or object")
	}
	out := &value.Value{Kind: value.Tuple, Span: at, Open: open}
	if open {
		out.Why = reasons(coll)
	}
	all := &optionals{}
	holds, fails := e.givensOf(x)
	for _, it := range items {
		if coll.IsMapping() && !it.key.Known() {
			// Nobody knows its place among the others.
			out.Open, out.Why = true, append(out.Why, reasons(it.key)...)
			all.unlisted(nil)
			continue
		}
		inner, keep, test := e.iteration(x, it)
		switch {
		case e.ev.stopped:
			return value.UnknownBecause("evaluation was stopped before", at)
		case keep == value.No:
		case keep == value.Maybe:
			out.Open, out.Why = true, append(out.Why, reasons(test)...)
			all.maybe(value.Attr{Value: eval(inner, x.ValExpr)}, holds, fails)
		default:
			v := eval(inner, x.ValExpr)
			out.Elems = append(out.Elems, v)
			all.add(value.Attr{Value: v})
		}
		if test != nil {
			out = burden(out, test.AllAssumptions(), false)
		}
	}
	if open {
		all.unlisted(e.restOf(x, coll, eval))
	}
	out = all.of(out)
	unordered(out, coll)
	return part(out, coll)
}

// restOf is what a for expression makes of the items that are not listed. It is
// nil where that would be refused: nothing is known of them then.
func (e evaluation) restOf(x *hclsyntax.ForExpr, coll *value.Value, eval func(evaluation, hclsyntax.Expression) *value.Value) *value.Value {
	var errs []value.Reason
	inner := e
	inner.errs = &errs
	key := value.Of(value.Type{}, coll.Span, reasons(coll)...)
	inner.f = e.f.bind(x.KeyVar, key).bind(x.ValVar, memberNotListed(coll))
	v := eval(inner, x.ValExpr)
	if len(errs) > 0 {
		return nil
	}
	return v
}

// memberNotListed is a member of a collection that is not at hand.
func memberNotListed(coll *value.Value) *value.Value {
	if coll.Rest != nil {
		return coll.Rest
	}
	u := value.Of(memberType(coll.Type, "[*]"), coll.Span, reasons(coll)...)
	return within(u, coll, "[*]")
}

func (e evaluation) forExpr(x *hclsyntax.ForExpr) *value.Value {
	if x.KeyExpr == nil {
		return e.forTuple(x, func(inner evaluation, body hclsyntax.Expression) *value.Value { return inner.value(body) })
	}
	coll := e.value(x.CollExpr)
	return e.byCase(e.forObject(x, coll), coll, func(e evaluation, coll *value.Value) *value.Value { return e.forObject(x, coll) })
}

// forObject is {for …}.
func (e evaluation) forObject(x *hclsyntax.ForExpr, coll *value.Value) *value.Value {
	items, coll, open, ok := e.loop(coll)
	at := e.span(x.SrcRange)
	if !ok {
		return e.fail(at, "for needs a list, set, map or object")
	}
	out := &value.Value{Kind: value.Object, Span: at, Open: open}
	if open {
		out.Why = reasons(coll)
	}
	index := map[string]int{}
	// With ... an item more changes what is in a group, and not only which there
	// are: no selection of members says that.
	all := &optionals{open: open || x.Group}
	holds, fails := e.givensOf(x)
	for _, it := range items {
		if e.ev.stopped {
			return value.UnknownBecause("evaluation was stopped before", at)
		}
		inner, keep, test := e.iteration(x, it)
		if test != nil {
			out = burden(out, test.AllAssumptions(), false)
		}
		if keep == value.No {
			continue
		}
		name := inner.asString(inner.value(x.KeyExpr), e.span(x.KeyExpr.Range()))
		v := inner.value(x.ValExpr)
		if keep == value.Maybe {
			out.Open, out.Why = true, append(out.Why, reasons(test)...)
			all.maybe(value.Attr{Name: name, Value: v}, holds, fails)
			continue
		}
		all.add(value.Attr{Name: name, Value: v})
		k, known := name.Text()
		i, seen := index[k]
		switch {
		case !known && x.Group:
			out.Open, out.Why = true, append(out.Why, reasons(name)...)
		case !known:
			out.Attrs = append(out.Attrs, value.Attr{Name: name, Value: v})
		// https://developer.hashicorp.com/terraform/language/expressions/for#grouping-results
		case seen && x.Group:
			group := *out.Attrs[i].Value
			group.Elems = append(group.Elems, v)
			out.Attrs[i].Value = &group
		case seen:
			return e.fail(at, "two elements have the key "+strconv.Quote(k))
		default:
			if x.Group {
				v = &value.Value{Kind: value.Tuple, Elems: []*value.Value{v}, Span: at}
			}
			index[k] = len(out.Attrs)
			out.Attrs = append(out.Attrs, value.Attr{Name: name, Value: v})
		}
	}
	if x.Group && out.Open { // what is not listed may belong to any group
		for i := range out.Attrs {
			group := *out.Attrs[i].Value
			group.Open, group.Why = true, out.Why
			out.Attrs[i].Value = &group
		}
	}
	out.Attrs = uniqueAttrs(out.Attrs)
	return part(all.of(out), coll)
}

// shownKey is a key in a message: of a sensitive one, not what it is.
func shownKey(key *value.Value, text string) string {
	if sensitiveDeep(key) {
		return "of a sensitive key"
	}
	return text
}
