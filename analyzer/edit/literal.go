package edit

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// literal is the place of a string, or of any value, in its text.
type literal struct {
	text    *text
	dialect dialect
	whole   span // with quotes
	inner   span // without; the same for a bare word
	bare    bool // an object key without quotes
}

// Replace writes text over a span, as it is; HCL lines are realigned.
func Replace(s source.Span, text string) ([]source.Edit, error) {
	if s.IsZero() {
		return nil, errors.New("the value has no text to edit")
	}
	edits := []source.Edit{{Span: s, New: text}}
	if jsonFile(s.File) {
		return effective(edits), nil
	}
	return fit(s.File, edits)
}

// ReplaceString writes another string in place of a string or of the name of
// an object's member. The value must be written there, as one literal without
// interpolation.
func ReplaceString(v *value.Value, to string) ([]source.Edit, error) {
	old, ok := v.Text()
	if !ok {
		return nil, errors.New("the string is not known")
	}
	lit, err := literalOf(v)
	if err != nil {
		return nil, err
	}
	there, ok := lit.string()
	if !ok || lit.dialect.plain(there) != lit.dialect.plain(old) {
		return nil, errNotLiteral
	}
	var edit source.Edit
	if lit.bare {
		edit = lit.text.edit(lit.whole.start, lit.whole.end, lit.dialect.key(to, false))
	} else {
		quoted := lit.dialect.str(to)
		edit = lit.text.edit(lit.inner.start, lit.inner.end, quoted[1:len(quoted)-1])
	}
	if lit.dialect.json {
		return effective([]source.Edit{edit}), nil
	}
	return fit(v.Span.File, []source.Edit{edit})
}

// plain is a string with policy variables as AWS writes them.
func (d dialect) plain(s string) string {
	if d.document {
		return strings.ReplaceAll(s, "&{", "${")
	}
	return s
}

// literalOf finds the literal that v is written as.
func literalOf(v *value.Value) (literal, error) {
	if v == nil || v.Span.IsZero() {
		return literal{}, errors.New("the value has no text to edit")
	}
	var lit literal
	var err error
	switch v.Syntax {
	case value.SyntaxNone:
		return lit, errors.New("the value is computed")
	case value.SyntaxHCL, value.SyntaxBlock:
		if jsonFile(v.Span.File) {
			return lit, errors.New("an expression inside a JSON string cannot be edited")
		}
		lit.text = fileText(v.Span.File)
		lit.dialect = dialect{template: true, document: inDocument(v.Span)}
	default:
		if lit.text, lit.dialect, err = jsonText(v); err != nil {
			return lit, err
		}
	}
	lit.whole = span{lit.text.index(v.Span.Start), lit.text.index(v.Span.End)}
	return lit, lit.quotes(v)
}

// quotes finds the quotes of a string: in the span, or just around it.
func (l *literal) quotes(v *value.Value) error {
	b := l.text.b
	l.inner = l.whole
	if !v.Is(value.String) {
		return nil
	}
	start, end := l.whole.start, l.whole.end
	switch {
	case end-start >= 2 && b[start] == '"' && b[end-1] == '"':
		l.inner = span{start + 1, end - 1}
	case start > 0 && end < len(b) && b[start-1] == '"' && b[end] == '"':
		l.whole = span{start - 1, end + 1}
	case !l.dialect.json && hclsyntax.ValidIdentifier(string(b[start:end])):
		l.bare = true
	default:
		return errNotLiteral
	}
	return nil
}

// string is what the literal stands for.
func (l *literal) string() (string, bool) {
	inner := string(l.text.b[l.inner.start:l.inner.end])
	switch {
	case l.bare:
		return inner, true
	case l.dialect.json:
		return jsonString(`"`+inner+`"`, l.dialect)
	}
	return hclString(inner)
}
