package terraform

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Influence is what of a root an edit of its files can have changed: the blocks
// with another text, and what refers to them, in whatever way. A nil Influence
// is that of an edit that may have changed anything.
//
// It errs on the side of more: what is not in it was not changed, for certain, so
// that its findings need not be looked for again.
type Influence struct {
	tree   *callTree
	blocks map[place]bool
	types  map[string]bool // of managed resources, and of those that edited blocks refer to
}

// place is a name in a module, whoever calls it.
type place struct {
	dir string
	workspace.BlockName
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
		configuration := false
		for _, m := range tree.modules {
			if !m.Reads(file) {
				continue
			}
			configuration = true
			changes, deciding, ok := edited(m, now.module(m.Dir))
			if !ok || len(deciding) > 0 {
				return nil
			}
			for _, c := range changes {
				open = append(open, i.note(c))
			}
		}
		// What such a file says goes wherever a variable or a call of the
		// function goes.
		if !configuration {
			return nil // a file of values, or one that a function reads
		}
	}
	if !i.spread(open, true) {
		return nil
	}
	return i
}

// Of says that a resource may be another. What a plan alone knows (no directory)
// is counted in.
func (i *Influence) Of(r *Resource) bool {
	return i == nil || r.dir == "" || i.blocks[r.place()]
}

// None says that it is of nothing.
func (i *Influence) None() bool { return i != nil && len(i.blocks) == 0 }

func (r *Resource) place() place {
	return place{r.dir, addrs.Resource{Mode: r.Mode, Type: r.Type, Name: r.Name}}
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
	// A copy, since others go on asking while the answer is used.
	asked := maps.Clone(ev.asked)
	return func(typ string) bool { return asked[typ] || asked[""] }
}

// Show makes a root show only some of its managed resources: those of the types
// that keep says yes to, and those that the edit may have changed. It takes no
// lock: nobody has asked r for anything yet.
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

func (s *selection) has(dir string, k addrs.Resource) bool {
	return s == nil || k.Mode == addrs.Data || s.keep(k.Type) || s.influence.blocks[place{dir, k}]
}

// callTree is who calls whom below a root.
//
// Places are of directories and not of instances: an edit changes all instances
// of a module.
type callTree struct {
	modules map[string]*workspace.Module // by directory
	callers map[string][]place           // the calls of a module
	callees map[place][]string           // the modules that a call is of; "" for one that is not at hand
}

func (ev *evaluator) callTree() *callTree {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	if ev.tree != nil {
		return ev.tree
	}
	t := &callTree{map[string]*workspace.Module{}, map[string][]place{}, map[place][]string{}}
	ev.top.walk(func(m *moduleInstance) {
		dir := ""
		if m.mod != nil {
			dir = m.dir
			t.modules[dir] = m.mod
		}
		if m.parent == nil {
			return
		}
		// "call" is the block, and "module" what is referred to by its name:
		// outputs of a module change without its call.
		call := place{m.parent.dir, workspace.BlockName{Type: "call", Name: m.names[len(m.names)-1]}}
		if !slices.Contains(t.callees[call], dir) {
			t.callees[call] = append(t.callees[call], dir)
			t.callers[dir] = append(t.callers[dir], call)
		}
	})
	ev.tree = t
	return t
}

// A blockChange is a block that differs between a module before and after edits.
type blockChange struct {
	place
	// bodies are of a resource, before and after.
	bodies []*workspace.Body
	// was and now are where it stands in the text before and in that after; zero where it
	// does not.
	was, now source.Span
}

// note takes in what a changed block refers to.
func (i *Influence) note(c blockChange) place {
	for _, b := range c.bodies {
		refs, _ := b.References()
		for _, r := range refs {
			i.types[r.Type] = i.types[r.Type] || r.Mode == addrs.Managed
		}
	}
	return c.place
}

// edited is what differs between a module before and after. Of what is deciding it depends
// how everything is evaluated: a variable may decide which module is called, a call which
// there are, a provider the account. ok is false where what differs is not known, or is an
// import, which decides what exists.
func edited(was, now *workspace.Module) (out, deciding []blockChange, ok bool) {
	if now == nil || was.References().Opaque || !slices.EqualFunc(was.Imports, now.Imports, sameBlock) {
		return nil, nil, false
	}
	for _, kind := range []struct{ was, now map[string]*workspace.Block }{{was.Variables, now.Variables}, {was.Calls, now.Calls}, {was.Providers, now.Providers}} {
		for _, n := range differing(kind.was, kind.now, sameBlock) {
			deciding = append(deciding, blockChange{place{was.Dir, workspace.Everything}, nil, spanOf(kind.was[n]), spanOf(kind.now[n])})
		}
	}
	for _, k := range differing(was.Resources, now.Resources, sameBlock) {
		a, b := was.Resources[k], now.Resources[k]
		out = append(out, blockChange{place{was.Dir, k}, []*workspace.Body{bodyOf(a), bodyOf(b)}, spanOf(a), spanOf(b)})
	}
	for _, n := range differing(was.Outputs, now.Outputs, sameBlock) {
		out = append(out, blockChange{place{was.Dir, workspace.BlockName{Type: "output", Name: n}}, nil, spanOf(was.Outputs[n]), spanOf(now.Outputs[n])})
	}
	for _, n := range differing(was.Locals, now.Locals, func(a, b *workspace.Local) bool { return a == b || a.Text() == b.Text() }) {
		c := blockChange{place: place{was.Dir, workspace.BlockName{Type: "local", Name: n}}}
		if l := was.Locals[n]; l != nil {
			c.was = l.Span()
		}
		if l := now.Locals[n]; l != nil {
			c.now = l.Span()
		}
		out = append(out, c)
	}
	return out, deciding, true
}

func spanOf(b *workspace.Block) source.Span {
	if b == nil {
		return source.Span{}
	}
	return b.Span
}

func bodyOf(b *workspace.Block) *workspace.Body {
	if b == nil {
		return &workspace.Body{}
	}
	return b.Body()
}

// sameBlock says that two blocks say the same. What was merged with an override
// is not all in its text. So merged ones are the same only if they are one.
func sameBlock(a, b *workspace.Block) bool {
	return a == b || !a.Merged && !b.Merged && a.Span.Text() == b.Span.Text()
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
// leads to anything at all, or to where nobody has looked: into JSON, or a module
// that no call of before has made an instance of. open is what is known to have
// changed and not been followed. Without sure, what nobody can look into is passed over.
func (i *Influence) spread(open []place, sure bool) bool {
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		if i.blocks[p] {
			continue
		}
		i.blocks[p] = true
		switch p.Type {
		case workspace.Everything.Type:
			return false
		case "output":
			for _, call := range i.tree.callers[p.dir] {
				open = append(open, place{call.dir, workspace.BlockName{Type: "module", Name: call.BlockName.Name}})
			}
		case "call":
			open = append(open, place{p.dir, workspace.BlockName{Type: "module", Name: p.BlockName.Name}})
			if _, literal := i.tree.modules[p.dir].Calls[p.BlockName.Name].LiteralString("source"); !literal || sure && len(i.tree.callees[p]) == 0 {
				return false
			}
			for _, dir := range i.tree.callees[p] {
				if dir == "" && sure {
					return false // what the module does is not known
				}
				if dir == "" {
					continue
				}
				open = append(open, places(i.tree.modules[dir])...)
			}
		default:
			i.types[p.Type] = i.types[p.Type] || p.Mode == addrs.Managed
		}
		uses := i.tree.modules[p.dir].References()
		if uses.Opaque {
			return false
		}
		for _, user := range uses.By[p.BlockName] {
			open = append(open, place{p.dir, user})
		}
	}
	// Types of other things (local, output, module) have no underscore.
	maps.DeleteFunc(i.types, func(typ string, managed bool) bool { return !managed || !strings.Contains(typ, "_") }) // see workspace.BlockName
	return true
}

// places are what changes when a module is called otherwise.
func places(m *workspace.Module) []place {
	var out []place
	for k := range m.Resources {
		out = append(out, place{m.Dir, k})
	}
	for n := range m.Outputs {
		out = append(out, place{m.Dir, workspace.BlockName{Type: "output", Name: n}})
	}
	for n := range m.Calls {
		out = append(out, place{m.Dir, workspace.BlockName{Type: "call", Name: n}})
	}
	return out
}

// leads says that there is something shown below a module call. The answer is
// memoized: calls make no circles (see moduleInstance.source), so that it is
// complete when it is kept.
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
			s.below[call] = slices.ContainsFunc(places(m), func(p place) bool {
				return p.Type == "call" && s.leads(p) || p.Type != "call" && p.Type != "output" && p.Mode == addrs.Managed && s.has(dir, p.BlockName)
			})
		}
	}
	return s.below[call]
}
