package workspace

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// Moved are the names that resources of the module had before, as its moved blocks say,
// by those that they have. Moves of modules, and between instances of a block, are none.
// https://developer.hashicorp.com/terraform/language/moved
func (m *Module) Moved() map[addrs.Resource][]addrs.Resource {
	out := map[addrs.Resource][]addrs.Resource{}
	for _, p := range m.parsed {
		for _, b := range p.Body.Nested("moved", 0) {
			from, known := resourceNamed(b.Expr("from"))
			to, same := resourceNamed(b.Expr("to"))
			if known && same && from != to {
				out[to] = append(out[to], from)
			}
		}
	}
	return out
}

// resourceNamed is the managed resource of the module that an address names, whichever
// instance.
func resourceNamed(x Expression) (name addrs.Resource, ok bool) {
	var t hcl.Traversal
	if x.HCL != nil {
		var diags hcl.Diagnostics
		if t, diags = hcl.AbsTraversalForExpr(x.HCL); diags.HasErrors() {
			return name, false
		}
	} else {
		text, ok := x.LiteralString()
		if !ok {
			return name, false
		}
		var diags hcl.Diagnostics
		if t, diags = hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos); diags.HasErrors() {
			return name, false
		}
	}
	name = referred(t)
	return name, name.Mode == addrs.Managed && name.Name != "" && name.Type != "module"
}
