package edit

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// parsed is an HCL file as a tree of values, for tests: what package terraform
// makes of literals, without evaluating anything.
func parsed(t testing.TB, f *source.File) *value.Value {
	t.Helper()
	file, diags := hclsyntax.ParseConfig(f.Bytes, f.Name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s\n%s", diags.Error(), f.Bytes)
	}
	body := file.Body.(*hclsyntax.Body)
	return bodyOf(f, body, spanAt(f, body.SrcRange))
}

func spanAt(f *source.File, r hcl.Range) source.Span {
	return source.Span{File: f, Start: r.Start.Byte, End: r.End.Byte}
}

func bodyOf(f *source.File, body *hclsyntax.Body, at source.Span) *value.Value {
	v := &value.Value{Kind: value.Object, Span: at, Syntax: value.SyntaxBlock}
	for _, a := range body.Attributes {
		name := value.StrAt(source.Literal(spanAt(f, a.NameRange)))
		name.Syntax = value.SyntaxHCL
		v.Attrs = append(v.Attrs, value.Attr{Name: name, Value: exprOf(f, a.Expr)})
	}
	for _, b := range body.Blocks {
		list := v.Get(b.Type)
		if !list.Is(value.List) {
			list = &value.Value{Kind: value.List, Syntax: value.SyntaxBlock}
			v.Attrs = append(v.Attrs, value.Attr{Name: value.Str(b.Type), Value: list})
		}
		list.Elems = append(list.Elems, bodyOf(f, b.Body, spanAt(f, hcl.RangeBetween(b.TypeRange, b.CloseBraceRange))))
	}
	return v
}

func exprOf(f *source.File, e hclsyntax.Expression) *value.Value {
	at := spanAt(f, e.Range())
	v := &value.Value{Span: at, Syntax: value.SyntaxHCL}
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		v.Kind = value.Object
		for _, it := range e.Items {
			name := value.StrAt(source.Literal(spanAt(f, it.KeyExpr.Range())))
			if s, diags := it.KeyExpr.Value(nil); !diags.HasErrors() {
				name = value.StrAt(source.Computed(s.AsString(), name.Span))
			}
			name.Syntax = value.SyntaxHCL
			v.Attrs = append(v.Attrs, value.Attr{Name: name, Value: exprOf(f, it.ValueExpr)})
		}
	case *hclsyntax.TupleConsExpr:
		v.Kind = value.Tuple
		for _, x := range e.Exprs {
			v.Elems = append(v.Elems, exprOf(f, x))
		}
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "jsonencode" {
			v.Kind = value.String
			v.Parts = []value.Part{{Hole: &value.Value{}}}
			v.JSON = exprOf(f, e.Args[0])
		}
		if e.Name == "merge" {
			v.Kind = value.Object
		}
	case *hclsyntax.LiteralValueExpr:
		if e.Val.IsNull() {
			v.Kind = value.Null
		}
	case *hclsyntax.TemplateExpr:
		return stringOf(f, e, v)
	}
	return v
}

// stringOf maps the literal parts of a template to their source; it knows the
// escapes and heredocs that the tests use.
func stringOf(f *source.File, e *hclsyntax.TemplateExpr, v *value.Value) *value.Value {
	v.Kind = value.String
	for _, p := range e.Parts {
		lit, ok := p.(*hclsyntax.LiteralValueExpr)
		if !ok {
			v.Parts = append(v.Parts, value.Part{Hole: &value.Value{Span: spanAt(f, p.Range())}})
			continue
		}
		b := source.NewTextBuilder(f)
		text := lit.Val.AsString()
		at, end := lit.SrcRange.Start.Byte, lit.SrcRange.End.Byte
		heredoc := f.Bytes[v.Span.Start] == '<'
		for i := 0; i < len(text) && at < end; {
			switch c := f.Bytes[at]; {
			case !heredoc && c == '\\':
				b.Escape(text[i:i+1], at, at+2)
				i, at = i+1, at+2
			case (c == '$' || c == '%') && at+1 < end && f.Bytes[at+1] == c && text[i+1] == '{':
				b.Escape(text[i:i+1], at, at+2)
				i, at = i+1, at+2
			case heredoc && c != text[i]:
				at++ // indentation
			default:
				b.Copy(at, at+1)
				i, at = i+1, at+1
			}
		}
		v.Parts = append(v.Parts, value.Part{Text: b.Text()})
	}
	if len(v.Parts) > 0 && f.Bytes[v.Span.Start] == '"' {
		v.Syntax = value.SyntaxQuotedJSON
	} else {
		v.Syntax = value.SyntaxTemplateJSON
	}
	if j, err := value.DecodeJSON(v); err == nil && (j.IsMapping() || j.IsSequence()) {
		v.JSON = j
	}
	v.Syntax = value.SyntaxHCL
	return v
}

// at goes down from a value by member names, indexes and, with "json", into
// JSON text. Only literal members count.
func at(t testing.TB, v *value.Value, path ...any) *value.Value {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case int:
			v = v.At(p)
		case string:
			if p == "json" {
				v = v.JSON
			} else {
				v = v.Get(p)
			}
		}
		if v == nil || v.Kind == value.Absent {
			t.Fatalf("nothing at %v of %v", p, path)
		}
	}
	return v
}

// jsonFileValue is a JSON file as a tree.
func jsonFileValue(t testing.TB, f *source.File, syntax value.Syntax) *value.Value {
	t.Helper()
	v := value.StrAt(source.Literal(source.Span{File: f, End: len(f.Bytes)}))
	v.Syntax = value.SyntaxJSON
	tree, err := value.DecodeJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	tree.Walk(func(w *value.Value) bool {
		w.Syntax = syntax // not immutable yet: the tree is the test's own
		return true
	})
	return tree
}
