package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// testEvaluator evaluates expressions of literals and function calls, so that
// functions are tested without what else the language has.
type testEvaluator struct {
	*scope
	// instead are values to take for some of the literals.
	instead map[hclsyntax.Expression]*value.Value
}

func parseTest(text string) (hclsyntax.Expression, testEvaluator, error) {
	e, diags := hclsyntax.ParseExpression([]byte(text), "test.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, testEvaluator{}, diags
	}
	f := source.NewFile("test.tf", []byte(text))
	return e, testEvaluator{scope: &scope{
		boundary: workspace.OverFS(os.DirFS(filepath.Join(functionData, "files"))), moduleDir: ".", rootDir: ".",
		span:           source.Span{File: f, Start: 0, End: len(f.Bytes)},
		gap:            func(source.Gap) {},
		renderTemplate: func(text source.Text, vars *value.Value) *value.Value { return value.StrAt(text) },
	}}, nil
}

// evaluate is the value of an expression. The names unknown, open (a list that
// begins with "a") and such stand for values that are not known.
func evaluate(text string) (*value.Value, error) {
	e, s, err := parseTest(text)
	if err != nil {
		return nil, err
	}
	return s.evaluate(e)
}

func (s testEvaluator) evaluate(e hclsyntax.Expression) (*value.Value, error) {
	if v, ok := s.instead[e]; ok {
		return v, nil
	}
	switch e := e.(type) {
	case *hclsyntax.FunctionCallExpr:
		return s.call(e)
	case *hclsyntax.ScopeTraversalExpr:
		return s.named(e.Traversal.RootName())
	case *hclsyntax.TemplateWrapExpr:
		return s.evaluate(e.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		return s.evaluate(e.Expression)
	case *hclsyntax.TemplateExpr:
		return s.template(e)
	case *hclsyntax.TupleConsExpr:
		v := &value.Value{Kind: value.Tuple}
		for _, x := range e.Exprs {
			elem, err := s.evaluate(x)
			if err != nil {
				return nil, err
			}
			v.Elems = append(v.Elems, elem)
		}
		return v, nil
	case *hclsyntax.ObjectConsExpr:
		return s.object(e)
	}
	c, diags := e.Value(nil)
	if diags.HasErrors() {
		return nil, diags
	}
	r := e.Range()
	return fromCty(c, source.Span{File: s.span.File, Start: r.Start.Byte, End: r.End.Byte}), nil
}

func (s testEvaluator) named(name string) (*value.Value, error) {
	why := value.Reason{Text: name + " is not known", Span: s.span}
	switch name {
	case "unknown":
		return value.Of(value.Type{}, s.span, why), nil
	case "arn":
		v := value.Of(value.Type{Kind: value.String}, s.span, why)
		v.Ref = &value.Ref{Root: ".", Address: "aws_iam_role.r", Type: "aws_iam_role", Attr: "arn"}
		return v, nil
	case "list":
		return value.Of(value.Type{Kind: value.List, Elem: &value.Type{Kind: value.String}}, s.span, why), nil
	case "open":
		return &value.Value{Kind: value.List, Elems: []*value.Value{value.Str("a")}, Open: true, Why: []value.Reason{why}}, nil
	case "openmap":
		v := value.ObjectOf(map[string]*value.Value{"a": value.Str("x")})
		v.Open, v.Why = true, []value.Reason{why}
		return v, nil
	}
	return nil, fmt.Errorf("no name %s", name)
}

func (s testEvaluator) template(e *hclsyntax.TemplateExpr) (*value.Value, error) {
	out := &value.Value{Kind: value.String, Span: s.span}
	for _, p := range e.Parts {
		if l, ok := p.(*hclsyntax.LiteralValueExpr); ok {
			r := l.SrcRange
			t := source.Literal(source.Span{File: s.span.File, Start: r.Start.Byte, End: r.End.Byte})
			if t.String != l.Val.AsString() {
				t = source.Computed(l.Val.AsString(), t.Span)
			}
			out.Parts = append(out.Parts, value.Part{Text: t})
			continue
		}
		v, err := s.evaluate(p)
		if err != nil {
			return nil, err
		}
		parts, _ := v.AsParts()
		out.Parts = append(out.Parts, parts...)
	}
	return out, nil
}

func (s testEvaluator) object(e *hclsyntax.ObjectConsExpr) (*value.Value, error) {
	out := &value.Value{Kind: value.Object}
	for _, item := range e.Items {
		key := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr)
		var keyExpr hclsyntax.Expression = key
		if key.ForceNonLiteral || hcl.ExprAsKeyword(key) == "" {
			keyExpr = key.Wrapped
		}
		k, err := s.evaluate(keyExpr)
		if err != nil {
			return nil, err
		}
		if k, err = convertTo(k, cty.String); err != nil {
			return nil, err
		}
		m, err := s.evaluate(item.ValueExpr)
		if err != nil {
			return nil, err
		}
		out.Attrs = append(out.Attrs, value.Attr{Name: k, Value: m})
	}
	out.Attrs = members(out)
	return out, nil
}

func (s testEvaluator) call(e *hclsyntax.FunctionCallExpr) (*value.Value, error) {
	var args []*value.Value
	for i, x := range e.Args {
		v, err := s.evaluate(x)
		if err != nil {
			return nil, err
		}
		if e.ExpandFinal && i == len(e.Args)-1 {
			args = append(args, v.Elems...)
			continue
		}
		args = append(args, v)
	}
	v, err := tryFunction(e.Name, args, s.scope)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	return v, nil
}

// sketch shows a value with what is not known: ? for an unknown value, ‹› for
// a hole, … for members that are not listed. Sets are in <>.
func sketch(v *value.Value) string {
	switch {
	case v == nil || v.Is(value.Unknown):
		return "?"
	case v.Is(value.String):
		var b strings.Builder
		for _, p := range v.Parts {
			if p.Hole != nil {
				b.WriteString("‹›")
			} else {
				b.WriteString(p.Text.String)
			}
		}
		return `"` + b.String() + `"`
	case v.IsSequence():
		var elems []string
		for _, e := range v.Elems {
			elems = append(elems, sketch(e))
		}
		if v.Open {
			elems = append(elems, "…")
		}
		if v.Is(value.Set) {
			return "<" + strings.Join(elems, ", ") + ">"
		}
		return "[" + strings.Join(elems, ", ") + "]"
	case v.IsMapping():
		var attrs []string
		for _, a := range v.Attrs {
			attrs = append(attrs, strings.Trim(sketch(a.Name), `"`)+" = "+sketch(a.Value))
		}
		if v.Open {
			attrs = append(attrs, "…")
		}
		return "{" + strings.Join(attrs, ", ") + "}"
	}
	return show(v)
}
