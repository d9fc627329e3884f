package edit

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// callOf is the merge or concat call whose result v is, as a value with its
// place; v itself when there is not exactly one that it can be: the call holds
// a member or element of v as a literal, and none that is not in v.
func callOf(v *value.Value) *value.Value {
	if v.Syntax != value.SyntaxNone || !v.IsMapping() && !v.IsSequence() {
		return v
	}
	places, f := places(v)
	if f == nil || jsonFile(f) {
		return v
	}
	var found []hcl.Range
	for _, body := range around(f, places) {
		hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
			if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && makes(f, call, places, v.IsMapping()) {
				found = append(found, call.Range())
			}
			return nil
		})
	}
	if len(found) != 1 {
		return v
	}
	w := *v
	w.Syntax = value.SyntaxHCL
	w.Span = source.Span{File: f, Start: found[0].Start.Byte, End: found[0].End.Byte}
	return &w
}

// around are the outermost blocks around places in a file, parsed; all of it where one is in
// no block. A call that makes a value is around its literals.
func around(f *source.File, places map[source.Span]bool) []*hclsyntax.Body {
	tops := map[source.Span]bool{}
	for at := range places {
		if at.File != f {
			continue
		}
		top := TopBlock(at)
		if top.IsZero() {
			if body := parse(f.All(), f.Name, hcl.InitialPos); body != nil {
				return []*hclsyntax.Body{body}
			}
			return nil
		}
		tops[top] = true
	}
	var out []*hclsyntax.Body
	for top := range tops {
		if body := parse([]byte(top.Text()), f.Name, hcl.Pos{Line: 1, Column: 1, Byte: top.Start}); body != nil {
			out = append(out, body)
		}
	}
	return out
}

// places are where the names of members, or the elements, are written, and the
// file of the last one.
func places(v *value.Value) (at map[source.Span]bool, f *source.File) {
	at = map[source.Span]bool{}
	add := func(v *value.Value) {
		if v != nil && v.Syntax == value.SyntaxHCL && !v.Span.IsZero() {
			at[v.Span] = true
			f = v.Span.File
		}
	}
	for _, e := range v.Elems {
		add(e)
	}
	for _, a := range v.Attrs {
		add(a.Name)
	}
	return at, f
}

// makes says that all literal members or elements of the call's arguments
// stand at the places, and that there are some.
func makes(f *source.File, call *hclsyntax.FunctionCallExpr, places map[source.Span]bool, mapping bool) bool {
	name := strings.TrimPrefix(call.Name, "core::")
	if call.ExpandFinal || mapping != (name == "merge") || !mapping && name != "concat" {
		return false
	}
	some := false
	for _, arg := range call.Args {
		var parts []hclsyntax.Expression
		switch arg := arg.(type) {
		case *hclsyntax.ObjectConsExpr:
			for _, it := range arg.Items {
				parts = append(parts, it.KeyExpr)
			}
		case *hclsyntax.TupleConsExpr:
			parts = arg.Exprs
		}
		for _, p := range parts {
			r := p.Range()
			if !places[source.Span{File: f, Start: r.Start.Byte, End: r.End.Byte}] {
				return false
			}
			some = true
		}
	}
	return some
}
