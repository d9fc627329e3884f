package terraform

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A blockName is what the blocks of a module are called in uses: the key of a
// resource, and for anything else one whose type is a word that no resource
// has. What somebody refers to as module.x has two: its block is call.x.
type blockName = resourceKey

// everything is what evaluation looks at without anyone referring to it.
var everything = blockName{typ: "*"}

// uses says who in a module refers to what.
type uses struct {
	by map[blockName][]blockName
	// opaque says that the module has files in JSON, in which references are not
	// looked for.
	opaque bool
}

// references are the uses of a module, worked out once.
func (m *module) references() *uses {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.uses != nil {
		return m.uses
	}
	u := &uses{by: map[blockName][]blockName{}}
	m.uses = u
	for k, b := range m.resources {
		u.add(k, b.body())
	}
	for n, a := range m.locals {
		u.add(blockName{typ: "local", name: n}, &body{attrs: []*attribute{a}})
	}
	for n, b := range m.outputs {
		u.add(blockName{typ: "output", name: n}, b.body())
	}
	for n, b := range m.calls {
		u.add(blockName{typ: "call", name: n}, b.body())
	}
	for n, b := range m.variables {
		u.add(blockName{typ: "var", name: n}, b.body())
	}
	for _, b := range m.providers {
		u.add(everything, b.body())
	}
	for _, b := range m.imports {
		u.add(everything, b.body())
	}
	return u
}

func (u *uses) add(user blockName, b *body) {
	refs, ok := b.references()
	if !ok {
		u.opaque = true
	}
	for _, n := range refs {
		u.by[n] = append(u.by[n], user)
	}
}

// references are what a body refers to, each once. ok is false for JSON.
func (b *body) references() (out []blockName, ok bool) {
	for _, a := range b.attrs {
		if a.expr.hcl == nil {
			return nil, false
		}
		for _, t := range hclsyntax.Variables(a.expr.hcl) {
			if n := referred(t); !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	for _, n := range b.blocks {
		more, ok := n.body().references()
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	}
	return out, true
}

// referred is what a reference is to. That of each.key or path.module is no
// name of any block.
func referred(t hcl.Traversal) blockName {
	step := func(i int) string {
		if i < len(t) {
			if a, ok := t[i].(hcl.TraverseAttr); ok {
				return a.Name
			}
		}
		return ""
	}
	switch root := t.RootName(); root {
	case "data":
		return blockName{mode: Data, typ: step(1), name: step(2)}
	case "resource":
		return blockName{mode: Managed, typ: step(1), name: step(2)}
	default:
		return blockName{mode: Managed, typ: root, name: step(1)}
	}
}
