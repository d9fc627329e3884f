package terraform

import (
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// resourceSet is a resource or data block of a module instance, expanded.
type resourceSet struct {
	// count and for_each are being evaluated: whoever asks now makes a circle
	busy      bool
	instances []*instance
	x         expansion
	v         *value.Value // of a reference to all of it
}

// instance is one instance of a resource or data block.
type instance struct {
	m       *moduleInstance
	key     addrs.Resource
	k       *instanceKey
	block   *workspace.Block
	address string
	frame   *frame
	ref     *value.Ref
	memo    memo
	made    *Resource
}

// resourceSet expands a block that exists.
func (m *moduleInstance) resourceSet(key addrs.Resource) *resourceSet {
	if s := m.resources[key]; s != nil {
		return s
	}
	s := &resourceSet{busy: true}
	m.resources[key] = s
	defer func() {
		if s.busy { // a panic: whoever asks next is to meet it too
			delete(m.resources, key)
		}
	}()
	b := m.mod.Resources[key]
	// Cautious: by an empty default nothing would be there to be judged.
	s.x = m.ev.expand(b, m.frame.careful(m.ev.cautious))
	for _, k := range s.x.keys {
		f := *m.frame
		f.key = k
		inst := &instance{m: m, key: key, k: k, block: b, frame: &f, memo: memo{}}
		inst.address = addrs.Join(m.address, key.String()+k.String())
		inst.ref = &value.Ref{Root: m.ev.root.ID(), Address: inst.address, Data: key.Mode == addrs.Data, Type: key.Type}
		f.self = inst
		m.ev.objects[inst.ref] = inst
		s.instances = append(s.instances, inst)
	}
	s.busy = false
	return s
}

// resourceValue is what a reference to a block, without attributes, is.
func (m *moduleInstance) resourceValue(key addrs.Resource) (*value.Value, string) {
	b := m.mod.Resources[key]
	if b == nil {
		return nil, key.String() + " is not declared"
	}
	s := m.resourceSet(key)
	if s.busy {
		m.ev.gap(source.ErrorGap, b.Header, key.String()+": its instances depend on itself")
		return nil, key.String() + ": its instances depend on itself"
	}
	if s.v != nil {
		return s.v, ""
	}
	var values []*value.Value
	for _, inst := range s.instances {
		values = append(values, inst.placeholder())
	}
	ref := &value.Ref{Root: m.ev.root.ID(), Address: addrs.Join(m.address, key.String()), Data: key.Mode == addrs.Data, Type: key.Type}
	s.v = m.ev.all(s.x, values, ref, b.Header)
	return s.v, ""
}

// mayBeNull implements object.
func (inst *instance) mayBeNull() []value.Reason { return inst.k.mayBeNull() }

// placeholder is the instance as a value: its attributes are evaluated when
// someone asks for them. It is open: the provider has attributes that are not
// written.
func (inst *instance) placeholder() *value.Value {
	why := value.Reason{Text: inst.address + " has attributes that are known only after apply", Span: inst.block.Header}
	return &value.Value{Kind: value.Object, Open: true, Ref: inst.ref, Span: inst.block.Header, Why: []value.Reason{why}}
}

// whole is the instance with the attributes that are written. What the provider
// computes is not listed; that the object is open says so.
func (inst *instance) whole(cautious bool) *value.Value {
	v := inst.placeholder()
	seen := map[string]bool{}
	add := func(name string) {
		if seen[name] || metaArguments[name] {
			return
		}
		seen[name] = true
		m, _ := inst.member(name, cautious)
		v.Attrs = append(v.Attrs, value.Attr{Name: value.Str(name), Value: m})
	}
	for _, a := range inst.block.Body().Attrs {
		add(a.Name)
	}
	for _, b := range inst.block.Body().Blocks {
		if b.Type != "dynamic" {
			add(b.Type)
		}
	}
	sortAttrs(v.Attrs)
	return v
}

// member is an attribute as a reference to it sees it: what is written, else
// what the provider makes it.
func (inst *instance) member(name string, cautious bool) (*value.Value, string) {
	// What is written as null the provider computes, as if it were not written.
	if v := inst.written(name, cautious); !v.Missing() {
		return inst.refer(stored(inst.key.Type, name, v), name), ""
	}
	v := inst.m.ev.once(inst.memo, memoKey{"computed", name, cautious}, inst.address+"."+name, inst.block.Header, func() *value.Value {
		return inst.computed(name, cautious)
	})
	return inst.refer(v, name), ""
}

// refer marks v as what the attribute is. A value that came from an attribute
// of another resource stays that: the user of an access key is the user. But
// what a resource is called is its own.
func (inst *instance) refer(v *value.Value, name string) *value.Value {
	w := through(v, inst.address+"."+name, inst.placeOf(name))
	own := name == "name" || name == "id" && derivedFrom[inst.key.Type]["id"] == "name"
	// The name of a policy may be that of a role: it does not make it the role.
	if w.Ref == nil || own {
		ref := *inst.ref
		ref.Attr = name
		w.Ref = &ref
	}
	return w
}

func (inst *instance) placeOf(name string) source.Span {
	if a := inst.block.Attr(name); a != nil {
		return a.Expr.Span()
	}
	return inst.block.Header
}

// written is the value of an attribute or of nested blocks as the block says;
// Absent when it does not.
func (inst *instance) written(name string, cautious bool) *value.Value {
	key := memoKey{"written", name, cautious}
	a := inst.block.Attr(name)
	// In JSON a block looks like an attribute.
	if a != nil && !(a.Expr.JSON != nil && isBlockType(inst.key.Type, name)) {
		return inst.m.ev.once(inst.memo, key, inst.address+"."+name, a.NameSpan, func() *value.Value {
			v, _ := inst.m.ev.eval(a.Expr, inst.frame.careful(cautious))
			return inst.deployed(name, v)
		})
	}
	if !hasBlocks(inst.block.Body(), name) {
		return &value.Value{Kind: value.Absent}
	}
	return inst.m.ev.once(inst.memo, key, inst.address+"."+name, inst.block.Header, func() *value.Value {
		return inst.deployed(name, inst.m.ev.blockList(inst.block.Body(), name, inst.frame.careful(cautious), inst.key.Type))
	})
}

// resource is the instance with its whole body evaluated. It is made once: maps
// of resources are by pointer.
func (inst *instance) resource() *Resource {
	if inst.made != nil {
		return inst.made
	}
	m := inst.m
	r := &Resource{
		Root:        m.ev.root,
		Address:     inst.address,
		Mode:        inst.key.Mode,
		Type:        inst.key.Type,
		Name:        inst.key.Name,
		Module:      m.address,
		Key:         inst.k.String(),
		Exists:      m.exists.And(inst.k.exists()),
		Why:         append(m.why[:len(m.why):len(m.why)], inst.k.why...),
		Assumptions: value.MergeAssumptions(m.assumes, inst.k.assumptions),
		Calls:       m.calls,
		Header:      inst.block.Header,
		Body:        inst.block.Span,
		Construct:   inst.block.Body().Construct,
		inst:        inst,
		dir:         m.dir,
	}
	inst.made = r // for what refers to it meanwhile
	whole := false
	defer func() {
		if !whole { // a panic
			inst.made = nil
		}
	}()
	r.Block = inst.body()
	conform(r)
	if r.Mode == addrs.Managed && taggable(r.Type) {
		r.tagsAll = inst.tagsAll(r)
	}
	r.ReplaceTriggeredBy = inst.triggers()
	r.Kept, r.KeptWhy = inst.kept()
	r.Imported = value.No
	if inst.key.Mode == addrs.Managed {
		i := m.ev.imported(inst)
		r.ImportID, r.Imported, r.ImportWhy = i.id, i.exists, i.why
	}
	whole = true
	return r
}

// metaArguments belong to Terraform and not to the resource.
var metaArguments = map[string]bool{
	"count": true, "for_each": true, "depends_on": true, "provider": true,
	"lifecycle": true, "provisioner": true, "connection": true, "dynamic": true,
}

// body is the value of the block.
func (inst *instance) body() *value.Value {
	return inst.m.ev.bodyValue(inst.block.Body(), inst.block.Span, func(name string) *value.Value {
		return inst.written(name, inst.m.ev.cautious)
	})
}

// bodyValue is a body as an object: attributes and nested blocks by name.
//
// written gives the value of each; who calls decides in which frame and with
// which memo.
func (ev *evaluator) bodyValue(b *workspace.Body, span source.Span, written func(name string) *value.Value) *value.Value {
	v := &value.Value{Kind: value.Object, Span: span, Syntax: b.Syntax}
	seen := map[string]bool{}
	add := func(name string, at, expr source.Span) {
		if seen[name] || metaArguments[name] {
			return
		}
		seen[name] = true
		n := value.StrAt(source.Computed(name, at))
		v.Attrs = append(v.Attrs, value.Attr{Name: n, Value: written(name), Expr: expr})
	}
	for _, a := range b.Attrs {
		add(a.Name, a.NameSpan, a.Expr.Span())
	}
	for _, n := range b.Blocks {
		if n.Type == "dynamic" && len(n.Labels) == 1 {
			add(n.Labels[0], n.Header, source.Span{})
		} else {
			add(n.Type, n.TypeSpan, source.Span{})
		}
	}
	for _, n := range b.Nested("dynamic", 1) { // in JSON they look like attributes
		if len(n.Labels) == 1 {
			add(n.Labels[0], n.Header, source.Span{})
		}
	}
	sortAttrs(v.Attrs)
	return v
}

func hasBlocks(b *workspace.Body, typ string) bool {
	if len(b.Nested(typ, 0)) > 0 {
		return true
	}
	for _, d := range b.Nested("dynamic", 1) {
		if len(d.Labels) == 1 && d.Labels[0] == typ {
			return true
		}
	}
	return false
}

// blockList is the nested blocks of a type, dynamic ones expanded. A dynamic
// block over something unknown leaves the list open.
//
// path is the resource's type and the blocks around, as in blockTypes. Inner
// blocks have no memo: each depends on the iterators of the dynamic blocks
// around.
func (ev *evaluator) blockList(b *workspace.Body, typ string, f *frame, path string) *value.Value {
	path += "." + typ
	one := func(n *workspace.Block, content *workspace.Body, f *frame) *value.Value {
		return ev.bodyValue(content, n.Span, func(name string) *value.Value {
			if a := content.Attr(name); a != nil && !(a.Expr.JSON != nil && isBlockType(path, name)) {
				v, _ := ev.eval(a.Expr, f)
				return v
			}
			return ev.blockList(content, name, f, path)
		})
	}
	var lists []*value.Value
	for _, n := range orderedBlocks(b, typ) {
		if n.Type != "dynamic" {
			lists = append(lists, &value.Value{Kind: value.List, Elems: []*value.Value{one(n, n.Body(), f)}, Span: n.Span})
			continue
		}
		lists = append(lists, ev.dynamic(n, f, one))
	}
	return allBlocks(lists)
}

// allBlocks is one list of the blocks of several. Where some may be one of
// several lists, so may the result.
func allBlocks(lists []*value.Value) *value.Value {
	out := &value.Value{Kind: value.List}
	var rests []*value.Value
	for _, l := range lists {
		if out.Span.IsZero() {
			out.Span = l.Span
		}
		out.Elems = append(out.Elems, l.Elems...)
		out.Assumptions = value.MergeAssumptions(out.Assumptions, l.Assumptions)
		if l.Open {
			out.Open, out.Why = true, uniqueReasons(append(out.Why, l.Why...))
			rests = append(rests, l.Rest)
		}
	}
	if out.Open {
		out.Rest = value.AnyOf(rests...)
	}
	var cases []value.Case
	for _, c := range value.Combinations(&value.Value{Kind: value.Tuple, Elems: lists}, 1) {
		cases = append(cases, value.Case{Value: allBlocks(c.Value.Elems), When: c.When})
	}
	if cases == nil {
		return out
	}
	return value.OneOf(out, cases)
}

// orderedBlocks are the blocks of a type and the dynamic blocks that make such
// blocks, in source order. The statements of a policy document are printed in
// that order.
func orderedBlocks(b *workspace.Body, typ string) []*workspace.Block {
	out := b.Nested(typ, 0)
	for _, d := range b.Nested("dynamic", 1) {
		if len(d.Labels) == 1 && d.Labels[0] == typ {
			out = append(out, d)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Span.Less(out[j].Span) })
	return out
}

// dynamic is the blocks that a dynamic block makes. one evaluates a content block
// in the frame that has the iterator.
// https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
func (ev *evaluator) dynamic(d *workspace.Block, f *frame, one func(*workspace.Block, *workspace.Body, *frame) *value.Value) *value.Value {
	coll, errs := ev.eval(d.Expr("for_each"), f)
	if ev.objectOf(coll) != nil {
		coll = ev.whole(coll, f.cautious)
	}
	list := ev.dynamicOver(d, coll, errs, f, one)
	var cases []value.Case
	for _, c := range coll.Cases() {
		if !c.Value.Missing() { // Terraform refuses it
			cases = append(cases, value.Case{Value: ev.dynamicOver(d, part(c.Value, coll), nil, f, one), When: c.When})
		}
	}
	if cases == nil {
		return list
	}
	return value.OneOf(list, cases)
}

func (ev *evaluator) dynamicOver(d *workspace.Block, coll *value.Value, errs []value.Reason, f *frame, one func(*workspace.Block, *workspace.Body, *frame) *value.Value) *value.Value {
	at := d.Expr("for_each").Span()
	list := &value.Value{Kind: value.List, Span: d.Span}
	// The iterator is called as the block, unless an argument says otherwise;
	// that is a word and no reference, so its text is taken.
	iterator := d.Labels[0]
	if x := d.Expr("iterator"); x.HCL != nil {
		iterator = strings.TrimSpace(x.Span().Text())
	} else if s, ok := x.LiteralString(); ok {
		iterator = s
	}
	contents := d.Nested("content", 0)
	// open says that there may be other blocks, and rest what these would be.
	open := func(why []value.Reason) {
		list.Open = true
		if len(why) == 0 {
			why = []value.Reason{{Text: "for_each of a dynamic block is not known", Span: at}}
		}
		list.Why = uniqueReasons(append(list.Why, why...))
	}
	if len(contents) != 1 {
		ev.gap(source.ErrorGap, d.Header, "a dynamic block needs one content block")
		open(nil)
		return list
	}
	rest := func() {
		open(reasons(coll))
		inner := f.bind(iterator, value.ObjectOf(map[string]*value.Value{"key": memberNotListed(coll), "value": memberNotListed(coll)}))
		list.Rest = one(d, contents[0].Body(), inner)
	}
	add := func(key, v *value.Value) {
		inner := f.bind(iterator, value.ObjectOf(map[string]*value.Value{"key": key, "value": v}))
		elem := *one(d, contents[0].Body(), inner)
		elem.Assumptions = value.MergeAssumptions(elem.Assumptions, coll.Assumptions)
		list.Elems = append(list.Elems, &elem)
	}
	list.Assumptions = value.MergeAssumptions(list.Assumptions, coll.Assumptions)
	if n := len(coll.Elems) + len(coll.Attrs); n > maxInstances {
		ev.gap(source.ErrorGap, at, "a dynamic block makes too many blocks")
		open(nil)
		return list
	}
	switch {
	case coll.IsMapping():
		for _, a := range coll.Attrs {
			add(a.Name, part(a.Value, coll))
		}
	case coll.IsSequence():
		for i, elem := range coll.Elems {
			key := value.Int(i)
			// iterator.key of a set's element is the element.
			if coll.Kind == value.Set {
				key = elem
			}
			add(key, part(elem, coll))
		}
	case coll.Missing() && len(errs) == 0:
		ev.gap(blame(coll), at, "for_each of a dynamic block is null")
		open(nil)
	default:
		rest()
	}
	if coll.Open {
		rest()
	}
	return list
}

// isBlockType says that a member of a resource in a JSON file is a block and
// not an attribute: there, both look alike. path is the resource type and the
// blocks around.
func isBlockType(path, name string) bool {
	for _, b := range blockTypes[path] {
		if b == name {
			return true
		}
	}
	return false
}

// blockTypes has what only the provider's schema tells: which members are blocks. A block that is not
// listed here is evaluated as the object that it looks like.
var blockTypes = map[string][]string{
	"aws_iam_role":                                {"inline_policy"},
	"aws_iam_policy_document":                     {"statement"},
	"aws_iam_policy_document.statement":           {"principals", "not_principals", "condition"},
	"aws_config_config_rule":                      {"source", "scope", "evaluation_mode"},
	"aws_config_config_rule.source":               {"source_detail", "custom_policy_details"},
	"aws_config_conformance_pack":                 {"input_parameter"},
	"aws_config_organization_conformance_pack":    {"input_parameter"},
	"aws_cloudwatch_log_metric_filter":            {"metric_transformation"},
	"aws_cloudwatch_metric_alarm":                 {"metric_query"},
	"aws_config_configuration_recorder":           {"recording_group", "recording_mode"},
	"aws_iam_policy_document.statement.condition": nil,
}
