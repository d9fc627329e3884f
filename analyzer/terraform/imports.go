package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// imports are what the import blocks of the root module name. Terraform reads
// them nowhere else: https://developer.hashicorp.com/terraform/language/block/import
type imports struct {
	exact   map[string]*imported
	byBlock map[string][]*imported // by their address without keys
	unknown map[string][]*imported // of these those whose keys are not all known
}

// imported is one instance that an import block names.
type imported struct {
	address string
	id      string // "" where it is not known
	exists  value.Tri
	why     []value.Reason
}

// readImports evaluates the import blocks of the root. ev.mu is held, as for all
// evaluation.
func (ev *evaluator) readImports() *imports {
	out := &imports{exact: map[string]*imported{}, byBlock: map[string][]*imported{}, unknown: map[string][]*imported{}}
	top := ev.top.frame.careful(true) // that nothing is imported by default says nothing
	for _, b := range ev.top.mod.Imports {
		to := bareReference(b.Expr("to"))
		for _, k := range ev.expand(b, top).keys {
			f := *top
			f.key = k
			t := target{e: evaluation{ev: ev, f: &f, text: to.Text, errs: &[]value.Reason{}}}
			if to.None() || !t.follow(to.HCL) {
				continue // Terraform refuses it
			}
			id, _ := ev.eval(b.Expr("id"), &f)
			i := &imported{address: t.address, id: id.TextOr(""), exists: k.exists(), why: append(t.why, k.why...)}
			// Terraform refuses the second one.
			if out.exact[i.address] != nil {
				continue
			}
			out.exact[i.address] = i
			block := addrs.Block(i.address)
			out.byBlock[block] = append(out.byBlock[block], i)
			if len(t.why) > 0 {
				i.exists = value.Maybe
				out.unknown[block] = append(out.unknown[block], i)
			}
		}
	}
	return out
}

// imported says whether an import block names the instance. Maybe, where a key on
// either side is not known.
func (ev *evaluator) imported(inst *instance) imported {
	if ev.imports == nil {
		ev.imports = ev.readImports()
	}
	if i := ev.imports.exact[inst.address]; i != nil {
		return *i
	}
	keys, block := addrs.Keys(inst.address), addrs.Block(inst.address)
	for _, i := range ev.imports.unknown[block] {
		if addrs.Compatible(addrs.Keys(i.address), keys) {
			return *i
		}
	}
	if strings.Contains(inst.address, "[?]") { // it stands for all whose keys are not known
		for _, i := range ev.imports.byBlock[block] {
			if addrs.Compatible(keys, addrs.Keys(i.address)) {
				return imported{exists: value.Maybe, why: slices.Concat(inst.k.why, i.why)}
			}
		}
	}
	return imported{exists: value.No}
}

// target is the address that the to of an import block names.
type target struct {
	e       evaluation
	address string
	why     []value.Reason // keys that are not known
}

// follow reads the address off an expression, which is not evaluated: what it
// names need not exist yet. Only keys are values. It is false for what is no
// address.
func (t *target) follow(x hclsyntax.Expression) bool {
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return t.steps(x.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		return t.follow(x.Source) && t.steps(x.Traversal)
	case *hclsyntax.IndexExpr:
		if !t.follow(x.Collection) {
			return false
		}
		return t.key(t.e.value(x.Key))
	}
	return false
}

func (t *target) steps(steps hcl.Traversal) bool {
	for _, s := range steps {
		switch s := s.(type) {
		case hcl.TraverseRoot:
			t.address = s.Name
		case hcl.TraverseAttr:
			t.address += "." + s.Name
		case hcl.TraverseIndex:
			if !t.key(fromCty(s.Key, t.e.span(s.SrcRange))) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// key appends an instance key, as addresses spell it.
func (t *target) key(v *value.Value) bool {
	text, known := v.Text()
	switch {
	case known:
		t.address += "[" + addrs.QuoteKey(text) + "]"
	case v.Is(value.Number) && v.Number != nil:
		t.address += "[" + v.Number.Text('f', -1) + "]"
	case v.Is(value.Unknown), v.Is(value.String):
		t.address += "[?]"
		t.why = append(t.why, reasons(v)...)
		if len(t.why) == 0 {
			t.why = []value.Reason{{Text: "the key of an imported instance is not known", Span: v.Span}}
		}
	default:
		return false
	}
	return true
}
