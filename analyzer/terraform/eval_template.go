package terraform

import (
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// template is the string that a quoted or heredoc template makes.
func (e evaluation) template(x *hclsyntax.TemplateExpr) *value.Value {
	at := e.span(x.SrcRange)
	return e.templateParts(x.Parts, at, e.startsWith(x.SrcRange, `"`))
}

// startsWith looks at the text of a range.
func (e evaluation) startsWith(r hcl.Range, prefix string) bool {
	return r.Start.Byte >= 0 && r.Start.Byte <= len(e.text.String) && strings.HasPrefix(e.text.String[r.Start.Byte:], prefix)
}

// templateParts is one string of the pieces. Holes keep their places among the
// known texts, so that a rule still sees what stands around them.
func (e evaluation) templateParts(exprs []hclsyntax.Expression, at source.Span, quoted bool) *value.Value {
	v := &value.Value{Kind: value.String, Span: at, Syntax: e.syntax}
	var from []*value.Value
	size := 0
	for _, x := range exprs {
		p := e.templatePart(x, quoted)
		s := e.asString(p, e.span(x.Range()))
		from = append(from, s)
		v.Parts = appendParts(v.Parts, s)
		for _, q := range s.Parts {
			size += len(q.Text.String)
		}
		if size > maxText || len(v.Parts) > maxNodes/4 {
			e.ev.gap(source.ErrorGap, at, "the text is too long to evaluate")
			return e.fail(at, "the text is too long to evaluate")
		}
	}
	e.ev.charge(size / 64)
	// A letter and its accent may come from two pieces.
	v.Parts = composed(joinLiterals(v.Parts), at)
	if len(v.Parts) > maxPieces {
		v.Parts = joinTexts(v.Parts)
	}
	for _, f := range from {
		v = burden(v, f.Assumptions, f.Sensitive)
		for _, p := range f.Parts {
			if p.Hole != nil {
				v = burden(v, p.Hole.Assumptions, p.Hole.Sensitive)
			}
		}
	}
	return v
}

// appendParts appends the pieces of a string or unknown value. Text that is JSON
// whose tree is known only in part stays one hole with its tree. An unknown value
// becomes a string in a template, so that its hole has that type.
func appendParts(parts []value.Part, s *value.Value) []value.Part {
	if _, known := s.Text(); known {
		return append(parts, s.Parts...)
	}
	if s.Is(value.Unknown) {
		if s.Type.Kind == value.Unknown {
			w := *s
			w.Type = value.Type{Kind: value.String}
			s = &w
		}
		return append(parts, value.Part{Hole: s})
	}
	if s.JSON != nil {
		hole := value.Of(value.Type{Kind: value.String}, s.Span, s.AllWhy()...)
		hole.JSON, hole.Via, hole.Ref = s.JSON, s.Via, s.Ref
		return append(parts, value.Part{Hole: hole})
	}
	return append(parts, s.Parts...)
}

// joinLiterals drops empty pieces.
func joinLiterals(parts []value.Part) []value.Part {
	out := parts[:0:0]
	for _, p := range parts {
		if p.Hole != nil || p.Text.String != "" {
			out = append(out, p)
		}
	}
	return out
}

// templatePart is a piece of a template: its own text, an interpolation or a
// directive.
func (e evaluation) templatePart(x hclsyntax.Expression, quoted bool) *value.Value {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		// The template's own text keeps its place in the file, so that a fix can
		// edit it.
		if x.Val.Type() == cty.String && x.Val.IsKnown() && !x.Val.IsNull() {
			v := value.StrAt(templateText(e.text, x.SrcRange, x.Val.AsString(), quoted))
			v.Syntax = e.syntax
			return v
		}
	case *hclsyntax.ConditionalExpr:
		// %{ if } and ${ a ? b : c } are the same to hcl's tree; only the text
		// tells that the branches of the first are templates, with text of their
		// own.
		if e.startsWith(x.SrcRange, "%{") {
			return e.conditional(x, func(branch hclsyntax.Expression) *value.Value {
				t, ok := branch.(*hclsyntax.TemplateExpr)
				if !ok {
					return e.value(branch)
				}
				return e.templateParts(t.Parts, e.span(t.SrcRange), quoted)
			})
		}
	case *hclsyntax.TemplateJoinExpr:
		return e.templateJoin(x, quoted)
	}
	return e.value(x)
}

// templateJoin is the text of a for directive.
func (e evaluation) templateJoin(x *hclsyntax.TemplateJoinExpr, quoted bool) *value.Value {
	at := e.span(x.Range())
	loop, ok := x.Tuple.(*hclsyntax.ForExpr)
	if !ok {
		return e.fail(at, "the template cannot be evaluated")
	}
	tuple := e.forTuple(loop, func(inner evaluation, body hclsyntax.Expression) *value.Value {
		t, ok := body.(*hclsyntax.TemplateExpr)
		if !ok {
			return inner.value(body)
		}
		return inner.templateParts(t.Parts, inner.span(t.SrcRange), quoted)
	})
	// Pieces that are not listed may stand anywhere between the others.
	if !tuple.Is(value.Tuple) || tuple.Open {
		return derived(value.Of(value.Type{Kind: value.String}, at, reasons(tuple)...), tuple)
	}
	v := &value.Value{Kind: value.String, Span: at, Syntax: e.syntax}
	for _, elem := range tuple.Elems {
		v.Parts = appendParts(v.Parts, e.asString(elem, at))
		v = burden(v, elem.Assumptions, elem.Sensitive)
	}
	if parts := composed(v.Parts, at); len(parts) != len(v.Parts) {
		w := *v
		w.Parts = parts
		v = &w
	}
	return part(v, tuple)
}

// templateOf parses a template. That of a whole file is parsed once: it may be rendered for
// each instance.
func templateOf(text source.Text) *parsedTemplate {
	if f := text.Span.File; f != nil && text.Span.Start == 0 && text.Span.End == len(f.Bytes) && text.Exact() {
		return source.Derived(f, templateKey{}, func() *parsedTemplate { return parseTemplate(text) })
	}
	return parseTemplate(text)
}

type templateKey struct{}

func parseTemplate(text source.Text) *parsedTemplate {
	t := &parsedTemplate{text: text}
	// hcl's parser recurses as deep as the text says.
	if _, t.deep = workspace.TooDeep([]byte(text.String)); t.deep != "" {
		return t
	}
	x, diags := hclsyntax.ParseTemplate([]byte(text.String), "", hcl.Pos{Line: 1, Column: 1})
	t.gaps = workspace.SyntaxGaps(diags, text)
	if !diags.HasErrors() {
		t.expr = x
	}
	return t
}

// render is a text evaluated as a template, with vars its only names. What it is
// refused for, the call is refused for.
func (e evaluation) render(text source.Text, vars *value.Value, at source.Span) *value.Value {
	t := templateOf(text)
	if t.deep != "" {
		return e.fail(at, "the template cannot be evaluated: "+t.deep)
	}
	x := t.expr
	if x == nil {
		for _, g := range t.gaps {
			e.ev.root.gap(g)
		}
		return e.fail(at, "the template has a syntax error")
	}
	f := &frame{alone: true, m: e.f.m, cautious: e.f.cautious, depth: e.f.depth + 1}
	if f.depth > maxTemplates {
		return e.fail(at, "templates render each other without end")
	}
	if vars.IsMapping() {
		for i := len(vars.Attrs) - 1; i >= 0; i-- {
			if k, ok := vars.Attrs[i].Key(); ok {
				f = f.bind(k, part(vars.Attrs[i].Value, vars))
			}
		}
	}
	// See traversal: a name that is not bound may be among these.
	if !vars.IsMapping() || vars.Open {
		f.vars = &binding{"", vars, f.vars}
	}
	inner := evaluation{ev: e.ev, f: f, text: text, syntax: value.SyntaxNone, errs: e.errs}
	v := inner.value(x)
	// A template that is nothing but an interpolation has the type of what is in
	// it; what a template renders is text.
	if v.Is(value.Unknown) || v.Missing() {
		return v
	}
	return inner.asString(v, at)
}

// json is the value of a JSON expression: its strings are templates. Names of
// members are, too:
// https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
// literal says that they are only text: in files of values and in defaults.
func (e evaluation) json(n *value.Value, literal bool) *value.Value {
	if !e.ev.step(n.Span) {
		return value.UnknownBecause("evaluation was stopped before", n.Span)
	}
	switch n.Kind {
	case value.String:
		return e.jsonString(n, literal)
	case value.Tuple:
		v := &value.Value{Kind: value.Tuple, Span: n.Span, Syntax: value.SyntaxTFJSON}
		for _, elem := range n.Elems {
			v.Elems = append(v.Elems, e.json(elem, literal))
		}
		return v
	case value.Object:
		v := &value.Value{Kind: value.Object, Span: n.Span, Syntax: value.SyntaxTFJSON}
		for _, a := range n.Attrs {
			name := e.json(a.Name, literal)
			if !name.Is(value.String) {
				name = e.asString(name, a.Name.Span)
			}
			v.Attrs = append(v.Attrs, value.Attr{Name: name, Value: e.json(a.Value, literal), Expr: a.Value.Span})
		}
		v.Attrs = uniqueAttrs(v.Attrs)
		return v
	}
	v := *n
	v.Syntax = value.SyntaxTFJSON
	return &v
}

func (e evaluation) jsonString(n *value.Value, literal bool) *value.Value {
	text, _ := n.Text()
	if literal || !strings.Contains(text, "${") && !strings.Contains(text, "%{") {
		v := *n
		v.Parts = composed(n.Parts, n.Span)
		v.Syntax = value.SyntaxTFJSON
		return &v
	}
	// $${ is ${ in the end: also what only looks like a template has to be read
	// as one.
	t := e.ev.jsonTemplate(n)
	for _, g := range t.gaps {
		e.ev.root.gap(g)
	}
	if t.expr == nil {
		return e.fail(n.Span, "the template has a syntax error")
	}
	inner := e
	inner.text, inner.syntax = t.text, value.SyntaxNone
	if x, ok := t.expr.(*hclsyntax.TemplateExpr); ok {
		v := *inner.templateParts(x.Parts, n.Span, false)
		v.Syntax = value.SyntaxTFJSON
		return &v
	}
	return inner.value(t.expr)
}

// jsonTemplate parses the text of a JSON string, once for each node. The gaps
// belong to the root that evaluates it, which keeps each once.
func (ev *evaluator) jsonTemplate(n *value.Value) *parsedTemplate {
	if t, ok := ev.templates[n]; ok {
		return t
	}
	var text source.Text
	if len(n.Parts) == 1 {
		text = n.Parts[0].Text
	} else {
		s, _ := n.Text()
		text = source.Computed(s, n.Span)
	}
	t := parseTemplate(text)
	if t.deep != "" {
		t.gaps = []source.Gap{{Kind: source.ErrorGap, Span: n.Span, Reason: t.deep}}
	}
	ev.templates[n] = t
	return t
}

// templateText is the text of a template between its interpolations, which
// evaluates to val, with every byte traced to its place: escapes are decoded,
// the indentation of a heredoc and what strip markers take away is left out.
//
// Where that does not work out the text stands at the whole range as computed: a
// finding still has a place, and a fix does not edit what it cannot trace.
func templateText(text source.Text, r hcl.Range, val string, quoted bool) source.Text {
	start, end := r.Start.Byte, r.End.Byte
	if start < 0 || end > len(text.String) || start > end {
		return source.Computed(val, text.Span)
	}
	if text.String[start:end] == val {
		return text.Slice(start, end)
	}
	whole := text.SpanOf(start, end)
	if whole.File == nil {
		return source.Computed(val, whole)
	}
	b := source.NewTextBuilder(whole.File)
	if !alignTemplate(b, text, start, end, val, quoted) {
		return source.Computed(val, whole)
	}
	if out := b.Text(); out.String == val && val != "" {
		return out
	}
	return source.Computed(val, whole)
}

// alignTemplate copies to b the source of val, leaving out white space that
// val lacks.
func alignTemplate(b *source.TextBuilder, text source.Text, start, end int, val string, quoted bool) bool {
	src := text.String
	i, lineStart, copied := 0, true, -1
	flush := func(at int) {
		if copied >= 0 && copied < at {
			b.Append(text.Slice(copied, at))
		}
		copied = -1
	}
	for at := start; at < end; {
		if lineStart {
			lineStart = false
			// <<- takes the common indentation away:
			// https://developer.hashicorp.com/terraform/language/expressions/strings#indented-heredocs
			if n := indentation(src[at:end]) - indentation(val[i:]); n > 0 {
				flush(at)
				at += n
				continue
			}
		}
		decoded, n := decodeEscape(src[at:end], quoted)
		if decoded != "" {
			if !strings.HasPrefix(val[i:], decoded) {
				return false
			}
			flush(at)
			s := text.SpanOf(at, at+n)
			b.Escape(decoded, s.Start, s.End)
			at, i = at+n, i+len(decoded)
			continue
		}
		if i < len(val) && val[i] == src[at] {
			if copied < 0 {
				copied = at
			}
			lineStart = src[at] == '\n'
			at, i = at+1, i+1
			continue
		}
		// Strip markers (~}) take away white space and nothing else.
		if !unicode.IsSpace(rune(src[at])) {
			return false
		}
		flush(at)
		lineStart = src[at] == '\n'
		at++
	}
	flush(end)
	return i == len(val)
}

// indentation is the number of leading blanks of the first line.
func indentation(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// decodeEscape decodes the escape sequence at the start of s; "" when there is
// none. Heredocs know only $${ and %%{:
// https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
func decodeEscape(s string, quoted bool) (decoded string, length int) {
	if strings.HasPrefix(s, "$${") || strings.HasPrefix(s, "%%{") {
		return s[1:3], 3
	}
	if !quoted || len(s) < 2 || s[0] != '\\' {
		return "", 0
	}
	switch s[1] {
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case '"', '\\':
		return s[1:2], 2
	case 'u':
		return decodeHex(s, 6)
	case 'U':
		return decodeHex(s, 10)
	}
	return "", 0
}

// decodeHex decodes \u and \U; length counts these two letters as well.
func decodeHex(s string, length int) (string, int) {
	if len(s) < length {
		return "", 0
	}
	n := 0
	for _, c := range s[2:length] {
		d := strings.IndexRune("0123456789abcdef", unicode.ToLower(c))
		if d < 0 {
			return "", 0
		}
		n = n<<4 | d
	}
	return string(rune(n)), length
}
