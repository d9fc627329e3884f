package terraform

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// LoadConfig reads the root module in dir, a slash-separated path relative to
// the boundary. Nothing is evaluated yet. The error is for a directory that
// holds no configuration; everything else that is wrong is a gap of the Root.
func LoadConfig(ctx context.Context, b *workspace.Boundary, dir string, opt Options) (*Root, error) {
	resolved, gap := b.Resolve(dir)
	if gap != nil {
		return nil, errors.New(gap.Reason)
	}
	m := b.Module(resolved, opt.Language)
	if m == nil {
		return nil, fmt.Errorf("%s has no Terraform configuration", dir)
	}
	root := &Root{Dir: resolved, Source: Config, Label: opt.Label}
	ev := &evaluator{
		ctx:       ctx,
		boundary:  b,
		root:      root,
		opt:       opt,
		parsed:    map[*source.File]bool{},
		lookups:   map[lookup]bool{},
		objects:   map[*value.Ref]object{},
		sets:      map[*value.Ref]*instanceSet{},
		templates: map[*value.Value]*parsedTemplate{},
		asked:     map[string]bool{},
		dialect:   dialectOf(m, opt),
	}
	root.loader = ev
	installed, gap := b.FetchedModules(resolved)
	if gap != nil {
		root.gap(*gap)
	}
	ev.installed = installed
	ev.top = ev.newModule(m, resolved, ".")
	ev.readInputs(m)
	return root, nil
}

// module is a directory's configuration, as the root's language has it.
func (ev *evaluator) module(dir string) *workspace.Module {
	return ev.boundary.Module(dir, ev.opt.Language)
}

// moduleInstance is a module, called once.
type moduleInstance struct {
	ev      *evaluator
	mod     *workspace.Module // nil when it is not at hand; missing says why
	missing string
	dir     string // resolved, relative to the boundary
	path    string // path.module
	address string // module.a["k"]; "" for the root

	parent  *moduleInstance
	block   *workspace.Block // the call
	names   []string
	inputs  *frame // of the call, for its arguments
	calls   []Call
	exists  value.Tri
	why     []value.Reason
	assumes []*value.Assumption

	memo     memo
	frame    *frame
	expanded map[string][]*moduleInstance // by call
	// expansions are the keys of these, of which there may be more than are evaluated.
	expansions map[string]expansion
	providers  map[string]expansion // of provider blocks with for_each
	called     map[string]*value.Value
	expanding  map[string]bool
	resources  map[addrs.Resource]*resourceSet
}

func (ev *evaluator) newModule(m *workspace.Module, dir, modulePath string) *moduleInstance {
	mi := &moduleInstance{
		ev: ev, mod: m, dir: dir, path: modulePath, exists: value.Yes,
		memo:       memo{},
		expanded:   map[string][]*moduleInstance{},
		expansions: map[string]expansion{},
		providers:  map[string]expansion{},
		called:     map[string]*value.Value{},
		expanding:  map[string]bool{},
		resources:  map[addrs.Resource]*resourceSet{},
	}
	mi.frame = &frame{m: mi}
	ev.instances++
	if m != nil {
		ev.use(m.Files)
		if !slices.Contains(ev.configured, m) {
			ev.configured = append(ev.configured, m)
		}
		for _, g := range slices.Concat(m.Unread, m.Gaps) {
			ev.root.gap(g)
		}
	}
	return mi
}

// call is the value of module.name: one instance, or all by key.
func (m *moduleInstance) call(name string) (*value.Value, string) {
	if v := m.called[name]; v != nil {
		return v, ""
	}
	insts, problem := m.instancesOf(name)
	if problem != "" {
		return nil, problem
	}
	var values []*value.Value
	x := m.expansions[name]
	x.keys = nil
	for _, inst := range insts {
		ref := &value.Ref{Root: m.ev.root.ID(), Address: inst.address, Type: "module"}
		m.ev.objects[ref] = inst
		values = append(values, &value.Value{Kind: value.Object, Open: true, Ref: ref, Span: inst.block.Header})
		x.keys = append(x.keys, inst.inputs.key)
	}
	v := m.ev.all(x, values, &value.Ref{Root: m.ev.root.ID(), Address: addrs.Join(m.address, "module."+name), Type: "module"}, m.mod.Calls[name].Header)
	m.called[name] = v
	return v, ""
}

// instancesOf expands a module call.
func (m *moduleInstance) instancesOf(name string) ([]*moduleInstance, string) {
	if insts, ok := m.expanded[name]; ok {
		return insts, ""
	}
	if m.mod == nil || m.mod.Calls[name] == nil {
		return nil, "module." + name + " is not declared"
	}
	b := m.mod.Calls[name]
	if m.expanding[name] {
		m.ev.gap(source.ErrorGap, b.Header, "module."+name+": its instances depend on itself")
		return nil, "module." + name + ": its instances depend on itself"
	}
	m.expanding[name] = true
	defer delete(m.expanding, name)
	dir, modulePath, missing := m.source(name, b)
	x := m.ev.expand(b, m.frame.careful(m.ev.cautious && missing == ""))
	var insts []*moduleInstance
	for _, k := range x.keys {
		if m.ev.instances >= maxModules {
			missing = "more than " + strconv.Itoa(maxModules) + " module instances are not evaluated"
			m.ev.gap(source.ErrorGap, b.Header, missing)
			if len(insts) > 0 {
				break
			}
		}
		insts = append(insts, m.child(name, b, k, dir, modulePath, missing))
	}
	m.expanded[name], m.expansions[name] = insts, x
	return insts, ""
}

func (m *moduleInstance) child(name string, b *workspace.Block, k *instanceKey, dir, modulePath, missing string) *moduleInstance {
	var mod *workspace.Module
	if missing == "" {
		if mod = m.ev.module(dir); mod == nil {
			missing = "module." + name + ": " + dir + " has no Terraform configuration"
			if why := m.ev.boundary.Submodule(dir); why != "" {
				missing = "module." + name + ": " + why
			}
			m.ev.gap(source.ErrorGap, b.Header, missing)
		}
	}
	c := m.ev.newModule(mod, dir, modulePath)
	c.parent, c.block, c.missing = m, b, missing
	c.names = append(m.names[:len(m.names):len(m.names)], name)
	c.address = addrs.Join(m.address, "module."+name+k.String())
	c.calls = append(m.calls[:len(m.calls):len(m.calls)], Call{Address: c.address, Span: b.Header})
	inputs := *m.frame
	inputs.key = k
	c.inputs = &inputs
	c.exists = m.exists.And(k.exists())
	c.why = append(m.why[:len(m.why):len(m.why)], k.why...)
	c.assumes = value.MergeAssumptions(m.assumes, k.assumptions)
	return c
}

// unread is a call of a module that is not at hand, for those who ask.
func (m *moduleInstance) unread() UnreadModule {
	u := UnreadModule{Address: m.address, Why: value.Reason{Text: m.missing, Span: m.block.Header}, Arguments: &value.Value{Kind: value.Object}}
	u.Version, _ = m.block.LiteralString("version")
	for _, a := range m.block.Body().Attrs {
		if metaArguments[a.Name] || a.Name == "version" || a.Name == "providers" {
			continue // names of providers are no values
		}
		v, _ := m.ev.eval(a.Expr, m.inputs)
		if a.Name == "source" {
			u.Source = v.TextOr("")
			continue
		}
		u.Arguments.Attrs = append(u.Arguments.Attrs, value.Attr{Name: value.Str(a.Name), Value: v})
	}
	sortAttrs(u.Arguments.Attrs)
	return u
}

// source finds the directory of a called module.
func (m *moduleInstance) source(name string, b *workspace.Block) (dir, modulePath, missing string) {
	refuse := func(kind source.GapKind, class, reason string) (string, string, string) {
		reason = "module." + name + ": " + reason
		m.ev.root.gap(source.Gap{Kind: kind, Span: b.Header, Reason: reason, Class: class})
		return "", "", reason
	}
	src, ok := b.LiteralString("source")
	if !ok {
		x := b.Expr("source")
		if x.None() {
			return refuse(source.ErrorGap, "", "it has no source")
		}
		v, _ := m.ev.eval(x, m.frame)
		if m.ev.dialect.Since("1.15.0", "1.8.0") == value.No {
			m.ev.gap(source.ErrorGap, x.Span(), fmt.Sprintf("module.%s: %s takes a literal source alone", name, m.ev.dialect))
		}
		if src, ok = v.Text(); !ok {
			return refuse(source.LimitGap, ModulesUnknown, "its source is not known")
		}
	}
	if rel, ok := workspace.LocalSource(m.dir, src); ok {
		dir, modulePath = rel, path.Join(m.path, src)
	} else {
		key := strings.Join(append(m.names[:len(m.names):len(m.names)], name), ".")
		rel, ok := m.ev.installed[key]
		if !ok {
			return refuse(source.LimitGap, ModulesNotFetched, fmt.Sprintf("its source %q is not local, and has not been fetched by terraform init", src))
		}
		dir, modulePath = m.ev.root.Dir+"/"+rel, path.Clean(rel)
	}
	resolved, gap := m.ev.boundary.Resolve(dir)
	if gap != nil {
		return refuse(gap.Kind, "", fmt.Sprintf("its source %q: %s", src, gap.Reason))
	}
	if !m.ev.boundary.IsDir(resolved) {
		if why := m.ev.boundary.Submodule(resolved); why != "" {
			return refuse(source.ErrorGap, "", why)
		}
		return refuse(source.ErrorGap, ModulesMissing, fmt.Sprintf("its source %q is no directory", src))
	}
	depth := 0
	for p := m; p != nil; p = p.parent {
		if p.dir == resolved {
			return refuse(source.ErrorGap, "", fmt.Sprintf("its source %q calls itself", src))
		}
		if depth++; depth > maxCalls {
			return refuse(source.ErrorGap, "", fmt.Sprintf("more than %d modules call each other", maxCalls))
		}
	}
	return resolved, modulePath, ""
}

// mayBeNull implements object.
func (m *moduleInstance) mayBeNull() []value.Reason { return m.inputs.key.mayBeNull() }

// member is an output.
func (m *moduleInstance) member(name string, cautious bool) (*value.Value, string) {
	if m.mod == nil {
		return value.UnknownBecause(m.missing, m.block.Header), ""
	}
	b := m.mod.Outputs[name]
	if b == nil {
		return nil, m.address + " has no output " + strconv.Quote(name)
	}
	return through(m.output(b, name, cautious), m.address+"."+name, b.Header), ""
}

func (m *moduleInstance) output(b *workspace.Block, name string, cautious bool) *value.Value {
	return m.ev.once(m.memo, memoKey{"output", name, cautious}, m.address+"."+name, b.Header, func() *value.Value {
		v, _ := m.ev.eval(b.Expr("value"), m.frame.careful(cautious))
		if s, _ := m.ev.eval(b.Expr("sensitive"), m.frame); s.Is(value.Bool) && s.Bool {
			v = burden(v, nil, true)
		}
		return v
	})
}

// whole is the object of all outputs.
func (m *moduleInstance) whole(cautious bool) *value.Value {
	if m.mod == nil {
		return value.UnknownBecause(m.missing, m.block.Header)
	}
	v := &value.Value{Kind: value.Object, Span: m.block.Header}
	for _, name := range sortedKeys(m.mod.Outputs) {
		out, _ := m.member(name, cautious)
		v.Attrs = append(v.Attrs, value.Attr{Name: value.Str(name), Value: out})
	}
	return v
}

// local is the value of a local; nil when there is none.
func (m *moduleInstance) local(name string, cautious bool) *value.Value {
	a := m.mod.Locals[name]
	if a == nil {
		return nil
	}
	v := m.ev.once(m.memo, memoKey{"local", name, cautious}, "local."+name, a.NameSpan, func() *value.Value {
		x := a.Expr()
		if x.None() {
			return value.UnknownBecause("local."+name+" cannot be read", a.NameSpan)
		}
		v, _ := m.ev.eval(x, m.frame.careful(cautious))
		return v
	})
	return through(v, "local."+name, a.Expr().Span())
}

// walk visits this module and those below it, in address order.
func (m *moduleInstance) walk(visit func(*moduleInstance)) {
	m.walkWhere(func(place) bool { return true }, visit)
}

// walkWhere is walk through the calls that enter says yes to.
func (m *moduleInstance) walkWhere(enter func(call place) bool, visit func(*moduleInstance)) {
	visit(m)
	if m.mod == nil {
		return
	}
	for _, name := range sortedKeys(m.mod.Calls) {
		if !enter(place{m.dir, workspace.BlockName{Type: "call", Name: name}}) {
			continue
		}
		insts, _ := m.instancesOf(name)
		for _, c := range insts {
			c.walkWhere(enter, visit)
		}
	}
}

func (ev *evaluator) resources(mode addrs.Mode, types []string) []*Resource {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	if mode == addrs.Managed {
		for _, t := range types {
			ev.asked[t] = true
		}
		if len(types) == 0 {
			ev.asked[""] = true
		}
	}
	if ev.none(mode, types) {
		return nil // the answer to most questions
	}
	var out []*Resource
	enter := func(call place) bool { return mode == addrs.Data || ev.shown.leads(call) }
	ev.top.walkWhere(enter, func(m *moduleInstance) {
		if m.mod == nil {
			return
		}
		for _, key := range m.keys(mode, types) {
			if !ev.shown.has(m.dir, key) {
				continue
			}
			for _, inst := range m.resourceSet(key).instances {
				out = append(out, inst.resource())
			}
		}
	})
	if ev.present == nil && (mode == addrs.Data || ev.shown == nil) {
		ev.present = map[addrs.Resource]bool{} // all calls have been followed
		for _, m := range ev.configured {
			for _, mode := range []addrs.Mode{addrs.Managed, addrs.Data} {
				for _, typ := range m.Types(mode) {
					ev.present[addrs.Resource{Mode: mode, Type: typ}] = true
				}
			}
		}
	}
	return out
}

// none says that no module has a resource of one of these types.
func (ev *evaluator) none(mode addrs.Mode, types []string) bool {
	return ev.present != nil && len(types) > 0 &&
		!slices.ContainsFunc(types, func(typ string) bool { return ev.present[addrs.Resource{Mode: mode, Type: typ}] })
}

// keys are the resource blocks of these types, in order.
func (m *moduleInstance) keys(mode addrs.Mode, types []string) []addrs.Resource {
	switch len(types) {
	case 0:
		types = m.mod.Types(mode)
	case 1:
		return m.mod.OfType(mode, types[0])
	}
	types = slices.Clone(types)
	slices.SortFunc(types, func(a, b string) int { return strings.Compare(a+".", b+".") })
	var keys []addrs.Resource
	for _, t := range slices.Compact(types) {
		keys = append(keys, m.mod.OfType(mode, t)...)
	}
	return keys
}
