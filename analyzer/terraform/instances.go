package terraform

import (
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// keyKind is how instances of a block are told apart.
type keyKind int8

const (
	noKey keyKind = iota
	countKey
	eachKey
	// stands for all instances whose keys are not known: [?] in addresses
	unknownKey
)

// instanceKey is one instance's key, and what count and each are in it.
type instanceKey struct {
	kind        keyKind
	index       int          // count.index
	name        *value.Value // each.key
	v           *value.Value // each.value
	why         []value.Reason
	assumptions []*value.Assumption
	// optional says that the only instance is one that may not be enabled: why
	// says on what that depends.
	optional bool
}

func (k *instanceKey) String() string {
	switch k.kind {
	case countKey:
		return "[" + strconv.Itoa(k.index) + "]"
	case eachKey:
		return "[" + addrs.QuoteKey(k.name.TextOr("?")) + "]"
	case unknownKey:
		return "[?]"
	}
	return ""
}

// exists says whether Terraform makes the instance at all. One that stands for
// the elements of a set exists, whatever their text turns out to be.
func (k *instanceKey) exists() value.Tri {
	if k.optional || k.kind == unknownKey && k.v == nil {
		return value.Maybe
	}
	return value.Yes
}

// expansion is the instances of a block.
type expansion struct {
	kind        keyKind // of its keys; unknownKey when not even that is known
	keys        []*instanceKey
	assumptions []*value.Assumption // that the number of instances rests on
}

// expand evaluates count, for_each or OpenTofu's enabled of a block in the frame
// of its module.
// https://developer.hashicorp.com/terraform/language/meta-arguments/count
// https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
func (ev *evaluator) expand(b *workspace.Block, f *frame) expansion {
	count, each, enabled := b.Expr("count"), b.Expr("for_each"), lifecycle(b, "enabled")
	switch {
	case !enabled.None() && (!count.None() || !each.None()):
		ev.gap(source.ErrorGap, enabled.Span(), "enabled stands beside count or for_each: a block may have one of them")
	case !enabled.None():
		return ev.expandEnabled(enabled, f)
	}
	switch {
	case !each.None():
		return ev.expandEach(each, f)
	case !count.None():
		return ev.expandCount(count, f)
	}
	return expansion{keys: []*instanceKey{{}}}
}

// expandEnabled is one instance without a key, or none.
// https://opentofu.org/docs/language/meta-arguments/enabled/
func (ev *evaluator) expandEnabled(x workspace.Expression, f *frame) expansion {
	at := x.Span()
	maybe := func(why ...value.Reason) expansion {
		return expansion{keys: []*instanceKey{{optional: true, why: why}}}
	}
	refuse := func(kind source.GapKind, reason string) expansion {
		ev.gap(kind, at, reason)
		return maybe(value.Reason{Text: reason, Span: at})
	}
	// That it is refused is no reason to judge nothing of it: it may be there.
	if ev.dialect.Since("", "1.11.0") == value.No {
		return refuse(source.ErrorGap, ev.dialect.String()+" has no lifecycle argument enabled: it came with OpenTofu 1.11")
	}
	v, _ := ev.eval(x, f)
	b, err := convertTo(v, cty.Bool)
	switch {
	case err != nil || b.Missing():
		return refuse(blame(v), "enabled is neither true nor false")
	case !b.Is(value.Bool):
		out := maybe(reasons(v)...)
		if len(out.keys[0].why) == 0 {
			out.keys[0].why = []value.Reason{{Text: "enabled is not known", Span: at}}
		}
		return out
	}
	out := expansion{assumptions: v.AllAssumptions()}
	if b.Bool {
		out.keys = []*instanceKey{{assumptions: out.assumptions}}
	}
	return out
}

// lifecycle is an argument of a block's lifecycle.
func lifecycle(b *workspace.Block, name string) workspace.Expression {
	for _, l := range b.Nested("lifecycle", 0) {
		if x := l.Expr(name); !x.None() {
			return x
		}
	}
	return workspace.Expression{}
}

// unknownExpansion is one instance that stands for all that there may be. Of
// which kind its keys would be is kept: a reference to all of them is a list or an
// object by it.
func unknownExpansion(kind keyKind, what string, v *value.Value, at source.Span) expansion {
	why := reasons(v)
	if len(why) == 0 {
		why = []value.Reason{{Text: what + " is not known", Span: at}}
	}
	a := v.AllAssumptions()
	return expansion{kind: kind, keys: []*instanceKey{{kind: unknownKey, why: why, assumptions: a}}, assumptions: a}
}

func (ev *evaluator) expandCount(x workspace.Expression, f *frame) expansion {
	v, errs := ev.eval(x, f)
	at := x.Span()
	n, err := convertTo(v, cty.Number)
	if err != nil || n.Missing() {
		ev.gap(blame(v), at, "count is no number")
		return unknownExpansion(countKey, "count", value.UnknownBecause("count is no number", at), at)
	}
	if !n.Is(value.Number) || len(errs) > 0 {
		return unknownExpansion(countKey, "count", v, at)
	}
	// What does not fit into an int64 is the greatest that does: more than
	// maxInstances in any case.
	many, _ := n.Number.Int64()
	if many < 0 || !n.Number.IsInt() {
		ev.gap(blame(v), at, "count is no whole number")
		return unknownExpansion(countKey, "count", value.UnknownBecause("count is no whole number", at), at)
	}
	out := expansion{kind: countKey, assumptions: v.AllAssumptions()}
	if many > maxInstances {
		ev.gap(source.ErrorGap, at, "count is "+strconv.FormatInt(many, 10)+": more than "+strconv.Itoa(maxInstances)+" instances are not evaluated")
		many = maxInstances
	}
	// An instance costs as much as many expressions.
	ev.charge(100 * int(many))
	for i := range int(many) {
		out.keys = append(out.keys, &instanceKey{kind: countKey, index: i, assumptions: out.assumptions})
	}
	return out
}

func (ev *evaluator) expandEach(x workspace.Expression, f *frame) expansion {
	v, _ := ev.eval(x, f)
	at := x.Span()
	// for_each over a resource or module goes over its attributes or outputs.
	if ev.objectOf(v) != nil {
		v = ev.whole(v, f.cautious)
	}
	out := expansion{kind: eachKey, assumptions: ownAssumptions(v)}
	add := func(name, member *value.Value) {
		if len(out.keys) == maxInstances {
			ev.gap(source.ErrorGap, at, "for_each: more than "+strconv.Itoa(maxInstances)+" instances are not evaluated")
		}
		if len(out.keys) < maxInstances {
			a := value.MergeAssumptions(out.assumptions, name.Assumptions)
			name, member := through(name, "each.key", at), through(member, "each.value", at)
			out.keys = append(out.keys, &instanceKey{kind: eachKey, name: name, v: member, assumptions: a})
		}
	}
	open := v.Open
	var why []value.Reason
	var later []*value.Value // elements whose text is not known yet
	switch {
	case v.IsMapping():
		for _, a := range uniqueAttrs(v.Attrs) {
			if _, ok := a.Key(); !ok {
				open, why = true, append(why, reasons(a.Name)...)
				continue
			}
			add(a.Name, part(a.Value, v))
		}
	// A tuple or list is refused; one that is open may be a set whose order is
	// not known (see unordered).
	case v.Kind == value.Set || v.IsSequence() && v.Open:
		for _, elem := range v.Elems {
			if _, ok := elem.Text(); !ok {
				open, why, later = true, append(why, reasons(elem)...), append(later, part(elem, v))
				continue
			}
			// each.key and each.value of a set's element are both the element.
			add(part(elem, v), part(elem, v))
		}
	case v.Is(value.Unknown):
		return unknownExpansion(eachKey, "for_each", v, at)
	default:
		ev.gap(blame(v), at, "for_each needs a map or a set of strings, not a "+v.Kind.String())
		return unknownExpansion(eachKey, "for_each", value.UnknownBecause("for_each is no map and no set", at), at)
	}
	if open {
		rest := unknownExpansion(eachKey, "for_each", &value.Value{Why: append(why, v.Why...)}, at)
		// All elements are there, only some texts are not known: the instance is
		// one of these, and surely exists.
		if len(later) > 0 && !v.Open {
			rest.keys[0].v = &value.Value{Type: value.Type{Kind: value.String}, Span: at, Why: why, Candidates: later}
		}
		out.keys = append(out.keys, rest.keys...)
	}
	ev.charge(100 * len(out.keys))
	return out
}

// blame is the kind of gap that a value makes where Terraform would refuse it:
// one that rests on a variable's default is not what Terraform will be given.
func blame(v *value.Value) source.GapKind {
	if len(v.AllAssumptions()) > 0 {
		return source.LimitGap
	}
	return source.ErrorGap
}

// ownAssumptions are those that the keys of a collection rest on; each member has
// its own. In a set the members are the keys.
func ownAssumptions(v *value.Value) []*value.Assumption {
	out := v.Assumptions
	if v.Kind == value.Set {
		out = v.AllAssumptions()
	}
	for _, a := range v.Attrs {
		out = value.MergeAssumptions(out, a.Name.Assumptions)
	}
	return out
}

// mayBeNull is why an instance that is not enabled for certain may be null; nil
// for any other.
func (k *instanceKey) mayBeNull() []value.Reason {
	if k != nil && k.optional {
		return k.why
	}
	return nil
}

// all is the value of a block: of its only instance, which is null when it is not
// enabled, or of all of them by key. Without count and for_each a reference to a
// block is its instance; with either it is the collection, even of a single one.
func (ev *evaluator) all(x expansion, values []*value.Value, ref *value.Ref, span source.Span) *value.Value {
	switch {
	case x.kind != noKey:
		return ev.collect(x, values, ref, span)
	case len(values) == 0:
		return &value.Value{Kind: value.Null, Ref: ref, Span: span, Assumptions: x.assumptions}
	}
	return values[0]
}

// instancesOf a block, as a value: by key, where an instance with an unknown
// key stands for those that are not listed.
type instanceSet struct {
	kind     keyKind
	keys     []*instanceKey
	values   []*value.Value // of whole instances
	wildcard *value.Value   // of the instance with an unknown key
}

// indexIt says what to write instead of an attribute of all instances.
func (s *instanceSet) indexIt(address, attr string) string {
	if s.kind == countKey {
		return address + " has count: its attributes are those of an instance, as " + address + "[0]." + attr
	}
	return address + " has for_each: its attributes are those of an instance, as " + address + "[each.key]." + attr
}

// at is the instance of a key. ok is false when no instance can have it.
func (s *instanceSet) at(key *value.Value) (*value.Value, bool) {
	// Terraform converts keys: r["0"] and r[0] are the same instance.
	text, known := key.Text()
	if key.Is(value.Number) {
		text, known = key.Number.Text('f', -1), true
	}
	for i, k := range s.keys {
		if !known {
			break
		}
		if k.kind == countKey && strconv.Itoa(k.index) == text || k.kind == eachKey && k.name.TextOr("") == text {
			return s.values[i], true
		}
	}
	// Whichever is asked for may be one of those whose keys are not known.
	if s.wildcard != nil {
		return s.wildcard, true
	}
	if !known && len(s.values) == 1 && key.Is(value.Unknown) {
		return s.values[0], true // there is no other
	}
	return nil, false
}

// instancesOf is the set that a value of all instances stands for.
func (ev *evaluator) instancesOf(v *value.Value) *instanceSet {
	if v == nil || v.Ref == nil || v.Ref.Attr != "" {
		return nil
	}
	return ev.sets[v.Ref]
}

// collect makes the value of all instances of a block. What a reference to an
// instance finds is in ev.sets, by the Ref of v.
func (ev *evaluator) collect(x expansion, values []*value.Value, ref *value.Ref, span source.Span) *value.Value {
	set := &instanceSet{kind: x.kind}
	v := &value.Value{Kind: value.Tuple, Ref: ref, Span: span, Assumptions: x.assumptions}
	if x.kind == eachKey {
		v.Kind = value.Object
	}
	for i, k := range x.keys {
		if k.kind == unknownKey {
			set.wildcard = values[i]
			v.Open, v.Why = true, k.why
			continue
		}
		set.keys, set.values = append(set.keys, k), append(set.values, values[i])
		if x.kind == eachKey {
			v.Attrs = append(v.Attrs, value.Attr{Name: k.name, Value: values[i]})
		} else {
			v.Elems = append(v.Elems, values[i])
		}
	}
	v.Attrs = uniqueAttrs(v.Attrs)
	ev.sets[ref] = set
	return v
}
