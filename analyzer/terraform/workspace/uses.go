package workspace

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A BlockName is what the blocks of a module are called in uses: the key of a
// resource, and for anything else one whose type is a word that no resource
// has. What somebody refers to as module.x has two: its block is call.x.
type BlockName = addrs.Resource

// Everything is what evaluation looks at without anyone referring to it.
var Everything = BlockName{Type: "*"}

// Uses says who in a module refers to what. It is taken from the text alone, so it
// holds for all instances and all callers of the module, and is worked out once.
type Uses struct {
	By map[BlockName][]BlockName
	// Opaque says that the module has files in JSON, in which references are not
	// looked for.
	Opaque bool
}

// References are the uses of a module, worked out once.
func (m *Module) References() *Uses {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.uses != nil {
		return m.uses
	}
	u := &Uses{By: map[BlockName][]BlockName{}}
	m.uses = u
	for k, b := range m.Resources {
		u.add(k, b)
	}
	for n, l := range m.Locals {
		u.addLocal(BlockName{Type: "local", Name: n}, l)
	}
	for n, b := range m.Outputs {
		u.add(BlockName{Type: "output", Name: n}, b)
	}
	for n, b := range m.Calls {
		u.add(BlockName{Type: "call", Name: n}, b)
	}
	for n, b := range m.Variables {
		u.add(BlockName{Type: "var", Name: n}, b)
	}
	for _, b := range m.Providers {
		u.add(Everything, b)
	}
	for _, b := range m.Imports {
		u.add(Everything, b)
	}
	return u
}

// forgetUses lets go of the uses of the modules in a directory.
func (b *Boundary) forgetUses(dir string) {
	b.cache.mu.Lock()
	loaded := []func() *Module{b.cache.dirs[dirKey{dir, true}], b.cache.dirs[dirKey{dir, false}]}
	b.cache.mu.Unlock()
	for _, load := range loaded {
		if load == nil {
			continue
		}
		if m := load(); m != nil {
			m.mu.Lock()
			m.uses = nil
			m.mu.Unlock()
		}
	}
}

// add notes what a block refers to: whatever it mentions, when it was not parsed
// together with its file, whether or not somebody has asked for it since.
func (u *Uses) add(user BlockName, b *Block) {
	switch {
	case b.pending == nil:
		u.addBody(user, b.Body())
	case b.pending.file.Body.Syntax == value.SyntaxTFJSON:
		u.Opaque = true
	default:
		u.addText(user, b.Span.File.Bytes[b.pending.body:b.Span.End])
	}
}

func (u *Uses) addLocal(user BlockName, l *Local) {
	switch {
	case l.text.IsZero():
		u.addBody(user, &Body{Attrs: []*Attribute{{Name: l.Name, Expr: l.Expr()}}})
	case l.block.pending.file.Body.Syntax == value.SyntaxTFJSON:
		u.Opaque = true
	default:
		u.addText(user, l.text.File.Bytes[l.text.Start:l.text.End])
	}
}

func (u *Uses) addBody(user BlockName, b *Body) {
	refs, ok := b.References()
	if !ok {
		u.Opaque = true
	}
	for _, n := range refs {
		u.By[n] = append(u.By[n], user)
	}
}

func (u *Uses) addText(user BlockName, text []byte) {
	mentions(text, func(a, b, c []byte) {
		var users []BlockName
		mode, typ, name := addrs.Managed, a, b
		switch string(a) {
		case "data":
			mode, typ, name = addrs.Data, b, c
		case "resource":
			typ, name = b, c
		}
		if users = u.By[BlockName{Mode: mode, Type: string(typ), Name: string(name)}]; len(users) > 0 && users[len(users)-1] == user {
			return
		}
		u.By[BlockName{Mode: mode, Type: string(typ), Name: string(name)}] = append(users, user)
	})
}

// References are what a body refers to, each once. ok is false for JSON.
func (b *Body) References() (out []BlockName, ok bool) {
	for _, a := range b.Attrs {
		if a.Expr.HCL == nil {
			return nil, false
		}
		for _, t := range hclsyntax.Variables(a.Expr.HCL) {
			if n := referred(t); !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	for _, n := range b.Blocks {
		more, ok := n.Body().References()
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	}
	return out, true
}

// referred is what a reference is to. That of each.key or path.module is no
// name of any block.
func referred(t hcl.Traversal) BlockName {
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
		return BlockName{Mode: addrs.Data, Type: step(1), Name: step(2)}
	case "resource":
		return BlockName{Mode: addrs.Managed, Type: step(1), Name: step(2)}
	default:
		return BlockName{Mode: addrs.Managed, Type: root, Name: step(1)}
	}
}
