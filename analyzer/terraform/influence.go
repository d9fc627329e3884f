package terraform

import (
	"maps"
	"slices"
	"strings"
)

// Influence is what of a root an edit of its files can have changed: the blocks
// with another text, and what refers to them, in whatever way. A nil Influence
// is that of an edit that may have changed anything.
type Influence struct {
	tree   *callTree
	blocks map[place]bool
	types  map[string]bool // of managed resources, and of those that edited blocks refer to
}

// place is a name in a module, whoever calls it.
type place struct {
	dir string
	blockName
}

// InfluenceOn is the influence of the edits that r was loaded with on the root
// as it was before, when all of that has been looked at.
func (r *Root) InfluenceOn(old *Root) *Influence {
	was, ok := old.loader.(*evaluator)
	now, same := r.loader.(*evaluator)
	if !ok || !same {
		return nil
	}
	tree := was.callTree()
	i := &Influence{tree: tree, blocks: map[place]bool{}, types: map[string]bool{}}
	var open []place
	for _, file := range now.boundary.Replaced() {
		if tree.others[file] {
			return nil // a file of values, or one that a function reads
		}
		for _, m := range tree.modules {
			if !m.reads(file) {
				continue
			}
			edited, ok := i.edited(m, now.module(m.dir))
			if !ok {
				return nil
			}
			open = append(open, edited...)
		}
	}
	if !i.spread(open) {
		return nil
	}
	return i
}

// Of says that a resource may be another.
func (i *Influence) Of(r *Resource) bool {
	return i == nil || r.inst == nil || i.blocks[place{r.inst.m.dir, r.inst.key}]
}

// Types are the types of the managed resources that may be others, and of those
// that an edited block refers to, in order.
func (i *Influence) Types() []string { return slices.Sorted(maps.Keys(i.types)) }

// Asked says which types of managed resources somebody has looked for so far:
// nothing that was found can depend on others.
func (r *Root) Asked() func(typ string) bool {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return func(string) bool { return true }
	}
	ev.mu.Lock()
	defer ev.mu.Unlock()
	asked := maps.Clone(ev.asked)
	return func(typ string) bool { return asked[typ] || asked[""] }
}

// Show makes a root show only some of its managed resources: those of the types
// that keep says yes to, and those that the edit may have changed.
func (i *Influence) Show(r *Root, keep func(typ string) bool) {
	if ev, ok := r.loader.(*evaluator); ok && i != nil {
		ev.shown = &selection{i, keep, map[place]bool{}}
	}
}

// selection is which managed resources a root shows.
type selection struct {
	influence *Influence
	keep      func(typ string) bool
	below     map[place]bool // see leads
}

func (s *selection) has(dir string, k resourceKey) bool {
	return s == nil || k.mode == Data || s.keep(k.typ) || s.influence.blocks[place{dir, k}]
}

// callTree is who calls whom below a root.
type callTree struct {
	modules map[string]*module // by directory
	others  map[string]bool    // files that are no configuration
	callers map[string][]place // the calls of a module
	callees map[place][]string // the modules that a call is of; "" for one that is not at hand
}

func (ev *evaluator) callTree() *callTree {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	if ev.tree != nil {
		return ev.tree
	}
	t := &callTree{map[string]*module{}, map[string]bool{}, map[string][]place{}, map[place][]string{}}
	for f := range ev.parsed {
		t.others[f.Name] = true
	}
	ev.top.walk(func(m *moduleInstance) {
		dir := ""
		if m.mod != nil {
			dir = m.dir
			t.modules[dir] = m.mod
			for _, f := range m.mod.files {
				delete(t.others, f.Name)
			}
		}
		if m.parent == nil {
			return
		}
		call := place{m.parent.dir, blockName{typ: "call", name: m.names[len(m.names)-1]}}
		if !slices.Contains(t.callees[call], dir) {
			t.callees[call] = append(t.callees[call], dir)
			t.callers[dir] = append(t.callers[dir], call)
		}
	})
	ev.tree = t
	return t
}

// edited is what differs between a module before and after. ok is false for
// what decides how everything is evaluated.
func (i *Influence) edited(was, now *module) (out []place, ok bool) {
	if now == nil || was.references().opaque ||
		!slices.EqualFunc(was.imports, now.imports, sameBlock) || !maps.EqualFunc(was.variables, now.variables, sameBlock) ||
		!maps.EqualFunc(was.calls, now.calls, sameBlock) || !maps.EqualFunc(was.providers, now.providers, sameBlock) {
		return nil, false
	}
	change := func(n blockName, bodies ...*body) {
		out = append(out, place{was.dir, n})
		for _, b := range bodies {
			refs, _ := b.references()
			for _, r := range refs {
				i.types[r.typ] = i.types[r.typ] || r.mode == Managed
			}
		}
	}
	for _, k := range differing(was.resources, now.resources, sameBlock) {
		change(k, bodyOf(was.resources[k]), bodyOf(now.resources[k]))
	}
	for _, n := range differing(was.outputs, now.outputs, sameBlock) {
		change(blockName{typ: "output", name: n})
	}
	for _, n := range differing(was.locals, now.locals, func(a, b *attribute) bool {
		return a == b || a.expr.span().Text() == b.expr.span().Text()
	}) {
		change(blockName{typ: "local", name: n})
	}
	return out, true
}

func bodyOf(b *block) *body {
	if b == nil {
		return &body{}
	}
	return b.body()
}

// sameBlock says that two blocks say the same. What was merged with an override
// is not all in its text.
func sameBlock(a, b *block) bool {
	return a == b || !a.merged && !b.merged && a.span.Text() == b.span.Text()
}

// differing are the keys of what only one of two maps has, or both differently,
// in no order.
func differing[K comparable, V any](a, b map[K]V, same func(a, b V) bool) []K {
	var out []K
	for k, v := range a {
		if w, ok := b[k]; !ok || !same(v, w) {
			out = append(out, k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	return out
}

// spread follows an edit through the modules of a root. It is false where that
// leads to anything at all, or to where nobody has looked: into JSON, or a
// module that no call of before has made an instance of.
func (i *Influence) spread(open []place) bool {
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		if i.blocks[p] {
			continue
		}
		i.blocks[p] = true
		switch p.typ {
		case everything.typ:
			return false
		case "output":
			for _, call := range i.tree.callers[p.dir] {
				open = append(open, place{call.dir, blockName{typ: "module", name: call.blockName.name}})
			}
		case "call":
			open = append(open, place{p.dir, blockName{typ: "module", name: p.blockName.name}})
			if _, literal := i.tree.modules[p.dir].calls[p.blockName.name].expr("source").literalString(); !literal || len(i.tree.callees[p]) == 0 {
				return false
			}
			for _, dir := range i.tree.callees[p] {
				if dir == "" {
					return false // what the module does is not known
				}
				open = append(open, i.tree.modules[dir].places()...)
			}
		default:
			i.types[p.typ] = i.types[p.typ] || p.mode == Managed
		}
		uses := i.tree.modules[p.dir].references()
		if uses.opaque {
			return false
		}
		for _, user := range uses.by[p.blockName] {
			open = append(open, place{p.dir, user})
		}
	}
	maps.DeleteFunc(i.types, func(typ string, managed bool) bool { return !managed || !strings.Contains(typ, "_") }) // see blockName
	return true
}

// places are what changes when a module is called otherwise.
func (m *module) places() []place {
	var out []place
	for k := range m.resources {
		out = append(out, place{m.dir, k})
	}
	for n := range m.outputs {
		out = append(out, place{m.dir, blockName{typ: "output", name: n}})
	}
	for n := range m.calls {
		out = append(out, place{m.dir, blockName{typ: "call", name: n}})
	}
	return out
}

// leads says that there is something shown below a module call.
func (s *selection) leads(call place) bool {
	if s == nil {
		return true
	}
	known, done := s.below[call]
	if done {
		return known
	}
	for _, dir := range s.influence.tree.callees[call] {
		if m := s.influence.tree.modules[dir]; m != nil && !s.below[call] {
			s.below[call] = slices.ContainsFunc(m.places(), func(p place) bool {
				return p.typ == "call" && s.leads(p) || p.typ != "call" && p.typ != "output" && p.mode == Managed && s.has(dir, p.blockName)
			})
		}
	}
	return s.below[call]
}
