package workspace

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Block is a block of a configuration, of either syntax.
type Block struct {
	Type     string
	Labels   []string
	TypeSpan source.Span
	Header   source.Span // type and labels
	Span     source.Span // all of it
	Merged   bool        // with an override
	content  *Body       // nil where it is pending
	pending  *pending    // nil for what was parsed together with what is around it
}

// Body is what stands between the braces. Whoever asks for an argument or a nested
// block comes through here or through the methods below: what a block declares is
// known without it.
func (b *Block) Body() *Body {
	if b.pending != nil {
		return b.pending.parse(b)
	}
	return b.content
}

// Attr is an attribute of the body; nil when it is not written.
func (b *Block) Attr(name string) *Attribute {
	if b.Lacks(name) {
		return nil
	}
	return b.Body().Attr(name)
}

// Expr is the expression of an attribute of the body; the zero expression when
// it is not written.
func (b *Block) Expr(name string) Expression {
	if a := b.Attr(name); a != nil {
		return a.Expr
	}
	return Expression{}
}

// Nested are the blocks of a type in the body, which have so many labels.
func (b *Block) Nested(typ string, labels int) []*Block {
	if b.Lacks(typ) {
		return nil
	}
	return b.Body().Nested(typ, labels)
}

// Body is the contents of a block or of a file.
type Body struct {
	Attrs  []*Attribute
	Blocks []*Block
	Syntax value.Syntax
	// Construct is what CDKTF says in the body's "//" member about where the
	// block comes from.
	Construct string
}

// Attribute is a name and its expression.
type Attribute struct {
	Name     string
	NameSpan source.Span
	Expr     Expression
}

// Expression is the source of a value: either native, in text, or JSON.
type Expression struct {
	HCL  hclsyntax.Expression
	Text source.Text // what the byte offsets of hcl count in
	JSON *value.Value
	// Literal JSON strings are no templates (tfvars.json).
	Literal bool
}

// None says that nothing is written: the zero expression.
func (e Expression) None() bool { return e.HCL == nil && e.JSON == nil }

// Span is where the expression stands.
func (e Expression) Span() source.Span {
	if e.JSON != nil {
		return e.JSON.Span
	}
	if e.HCL == nil {
		return source.Span{}
	}
	return SpanIn(e.Text, e.HCL.Range())
}

// SpanIn is the place of a range whose offsets count in text.
func SpanIn(text source.Text, r hcl.Range) source.Span {
	start, end := r.Start.Byte, r.End.Byte
	if start < 0 || end > len(text.String) || start > end {
		return text.Span
	}
	return text.SpanOf(start, end)
}

// Attr is an attribute; nil when it is not written.
func (b *Body) Attr(name string) *Attribute {
	for _, a := range b.Attrs {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Expr is the expression of an attribute; the zero expression when it is not
// written.
func (b *Body) Expr(name string) Expression {
	if a := b.Attr(name); a != nil {
		return a.Expr
	}
	return Expression{}
}

// Nested are the blocks of a type. In JSON a block looks like an attribute:
// who asks for blocks says how many labels they have.
func (b *Body) Nested(typ string, labels int) []*Block {
	var out []*Block
	for _, n := range b.Blocks {
		if n.Type == typ {
			out = append(out, n)
		}
	}
	for _, a := range b.Attrs {
		if a.Name == typ && a.Expr.JSON != nil {
			out = append(out, jsonBlocks(a, labels)...)
		}
	}
	return out
}

// nativeBody converts what hcl parsed, in source order.
func nativeBody(in *hclsyntax.Body, text source.Text) Body {
	out := Body{Syntax: value.SyntaxBlock}
	for _, a := range in.Attributes {
		out.Attrs = append(out.Attrs, &Attribute{
			Name:     a.Name,
			NameSpan: SpanIn(text, a.NameRange),
			Expr:     Expression{HCL: a.Expr, Text: text},
		})
	}
	slices.SortFunc(out.Attrs, func(a, b *Attribute) int { return a.NameSpan.Start - b.NameSpan.Start })
	for _, n := range in.Blocks {
		content := nativeBody(n.Body, text)
		header := n.TypeRange
		for _, l := range n.LabelRanges {
			header = hcl.RangeBetween(header, l)
		}
		out.Blocks = append(out.Blocks, &Block{
			Type:     n.Type,
			Labels:   n.Labels,
			TypeSpan: SpanIn(text, n.TypeRange),
			Header:   SpanIn(text, header),
			Span:     SpanIn(text, hcl.RangeBetween(n.TypeRange, n.CloseBraceRange)),
			content:  &content,
		})
	}
	return out
}

// Elements are the expressions in a list that is written out; of anything
// else none.
func (e Expression) Elements() []Expression {
	var out []Expression
	if e.JSON != nil {
		if e.JSON.Is(value.Tuple) {
			for _, elem := range e.JSON.Elems {
				out = append(out, Expression{JSON: elem})
			}
		}
		return out
	}
	if list, ok := e.HCL.(*hclsyntax.TupleConsExpr); ok {
		for _, elem := range list.Exprs {
			out = append(out, Expression{HCL: elem, Text: e.Text})
		}
	}
	return out
}

// LiteralString is the text of an expression that is a string literal; ok is false
// for any other.
func (e Expression) LiteralString() (text string, ok bool) {
	if e.JSON != nil {
		s, ok := e.JSON.Text()
		return s, ok && !strings.Contains(s, "${") && !strings.Contains(s, "%{")
	}
	t, ok := e.HCL.(*hclsyntax.TemplateExpr)
	if !ok || !t.IsStringLiteral() {
		return "", false
	}
	v, diags := t.Value(nil)
	if diags.HasErrors() {
		return "", false
	}
	return v.AsString(), true
}
