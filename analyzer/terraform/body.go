package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// block is a block of a configuration, of either syntax.
type block struct {
	typ     string
	labels  []string
	typSpan source.Span
	header  source.Span // type and labels
	span    source.Span // all of it
	merged  bool        // with an override
	content body
}

// body is what stands between the braces. Whoever asks for an argument or a nested
// block comes through here or through the methods below: what a block declares is
// known without it.
func (b *block) body() *body { return &b.content }

// attr is an attribute of the body; nil when it is not written.
func (b *block) attr(name string) *attribute { return b.body().attr(name) }

// expr is the expression of an attribute of the body; the zero expression when
// it is not written.
func (b *block) expr(name string) expression { return b.body().expr(name) }

// nested are the blocks of a type in the body, which have so many labels.
func (b *block) nested(typ string, labels int) []*block { return b.body().nested(typ, labels) }

// body is the contents of a block or of a file.
type body struct {
	attrs  []*attribute
	blocks []*block
	syntax value.Syntax
	// construct is what CDKTF says in the body's "//" member about where the
	// block comes from.
	construct string
}

// attribute is a name and its expression.
type attribute struct {
	name     string
	nameSpan source.Span
	expr     expression
}

// expression is the source of a value: either native, in text, or JSON.
type expression struct {
	hcl  hclsyntax.Expression
	text source.Text // what the byte offsets of hcl count in
	json *value.Value
	// literal JSON strings are no templates (tfvars.json).
	literal bool
}

func (e expression) none() bool { return e.hcl == nil && e.json == nil }

// span is where the expression stands.
func (e expression) span() source.Span {
	if e.json != nil {
		return e.json.Span
	}
	if e.hcl == nil {
		return source.Span{}
	}
	return spanIn(e.text, e.hcl.Range())
}

// spanIn is the place of a range whose offsets count in text.
func spanIn(text source.Text, r hcl.Range) source.Span {
	start, end := r.Start.Byte, r.End.Byte
	if start < 0 || end > len(text.String) || start > end {
		return text.Span
	}
	return text.SpanOf(start, end)
}

func (b *body) attr(name string) *attribute {
	for _, a := range b.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

// expr is the expression of an attribute; the zero expression when it is not
// written.
func (b *body) expr(name string) expression {
	if a := b.attr(name); a != nil {
		return a.expr
	}
	return expression{}
}

// nested are the blocks of a type. In JSON a block looks like an attribute:
// who asks for blocks says how many labels they have.
func (b *body) nested(typ string, labels int) []*block {
	var out []*block
	for _, n := range b.blocks {
		if n.typ == typ {
			out = append(out, n)
		}
	}
	for _, a := range b.attrs {
		if a.name == typ && a.expr.json != nil {
			out = append(out, jsonBlocks(a, labels)...)
		}
	}
	return out
}

// nativeBody converts what hcl parsed, in source order.
func nativeBody(in *hclsyntax.Body, text source.Text) body {
	out := body{syntax: value.SyntaxBlock}
	for _, a := range in.Attributes {
		out.attrs = append(out.attrs, &attribute{
			name:     a.Name,
			nameSpan: spanIn(text, a.NameRange),
			expr:     expression{hcl: a.Expr, text: text},
		})
	}
	slices.SortFunc(out.attrs, func(a, b *attribute) int { return a.nameSpan.Start - b.nameSpan.Start })
	for _, n := range in.Blocks {
		header := n.TypeRange
		for _, l := range n.LabelRanges {
			header = hcl.RangeBetween(header, l)
		}
		out.blocks = append(out.blocks, &block{
			typ:     n.Type,
			labels:  n.Labels,
			typSpan: spanIn(text, n.TypeRange),
			header:  spanIn(text, header),
			span:    spanIn(text, hcl.RangeBetween(n.TypeRange, n.CloseBraceRange)),
			content: nativeBody(n.Body, text),
		})
	}
	return out
}

// elements are the expressions in a list that is written out; of anything
// else none.
func (e expression) elements() []expression {
	var out []expression
	if e.json != nil {
		if e.json.Is(value.Tuple) {
			for _, elem := range e.json.Elems {
				out = append(out, expression{json: elem})
			}
		}
		return out
	}
	if list, ok := e.hcl.(*hclsyntax.TupleConsExpr); ok {
		for _, elem := range list.Exprs {
			out = append(out, expression{hcl: elem, text: e.text})
		}
	}
	return out
}

// literalString is the text of an expression that is a string literal; ok is false
// for any other.
func (e expression) literalString() (text string, ok bool) {
	if e.json != nil {
		s, ok := e.json.Text()
		return s, ok && !strings.Contains(s, "${") && !strings.Contains(s, "%{")
	}
	t, ok := e.hcl.(*hclsyntax.TemplateExpr)
	if !ok || !t.IsStringLiteral() {
		return "", false
	}
	v, diags := t.Value(nil)
	if diags.HasErrors() {
		return "", false
	}
	return v.AsString(), true
}
