package workspace

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Local is a name that a locals block gives to a value. The names are known before
// the block is parsed.
type Local struct {
	Name     string
	NameSpan source.Span
	block    *Block
	text     source.Span // of the value; zero where the block is parsed
}

// Expr is the value; the zero expression when an error in its block hides it.
func (l *Local) Expr() Expression {
	attrs := l.block.Body().Attrs
	i, ok := slices.BinarySearchFunc(attrs, l.NameSpan.Start, func(a *Attribute, at int) int { return a.NameSpan.Start - at })
	if !ok {
		return Expression{}
	}
	return attrs[i].Expr
}

// Text is the value as it is written.
func (l *Local) Text() string { return l.Span().Text() }

// Span is where the value stands; zero when an error in its block hides it.
func (l *Local) Span() source.Span {
	if l.text.IsZero() {
		return l.Expr().Span()
	}
	return l.text
}

// locals are the names in a locals block, in their order.
func (b *Block) locals() (out []*Local) {
	if b.pending != nil && !b.pending.done.Load() {
		src, quote := b.Span.File.Bytes, 0
		if b.pending.file.Body.Syntax == value.SyntaxTFJSON {
			quote = 1
		}
		sure := b.arguments(func(name, v span) {
			at := span{name.start - quote, name.end + quote}
			out = append(out, &Local{Name: string(name.of(src)), NameSpan: at.in(b.Span.File), block: b, text: v.in(b.Span.File)})
		})
		if sure && !repeated(out) {
			return out
		}
		out = nil
	}
	for _, a := range b.Body().Attrs {
		out = append(out, &Local{Name: a.Name, NameSpan: a.NameSpan, block: b})
	}
	return out
}

// repeated says that a name is there twice. In one block of the native syntax that
// is an error of hcl, which drops the second.
func repeated(locals []*Local) bool {
	names := make([]string, 0, len(locals))
	for _, l := range locals {
		names = append(names, l.Name)
	}
	slices.SortFunc(names, strings.Compare)
	return len(slices.Compact(names)) < len(locals)
}
