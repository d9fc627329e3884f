package value

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

// maxJSONDepth bounds how deep JSON text may nest.
const maxJSONDepth = 500

// JSONError says what is wrong with JSON text, and where.
type JSONError struct {
	What string
	Span source.Span // of the offending character; zero when the text stands nowhere
	// Line and Column (1-based, in characters) count in the decoded text: for
	// texts that stand nowhere.
	Line, Column int
}

func (e *JSONError) Error() string {
	if e.Span.IsZero() {
		return fmt.Sprintf("line %d, column %d of the JSON text: %s", e.Line, e.Column, e.What)
	}
	p := e.Span.StartPos()
	return fmt.Sprintf("%s:%d:%d: %s", e.Span.File.Name, p.Line, p.Column, e.What)
}

// DecodeJSON is the tree of the JSON text that a string holds; v.JSON when the
// tree is already known. An unknown string gives an unknown tree.
//
// Objects keep their members in source order, duplicates included. Every node
// has the span of its text: braces, brackets and quotes included. What a hole
// in the text leaves unknown stays local: a hole inside a string is a hole of
// that string, one in place of a value is an unknown value, and one among
// elements or members makes their container Open.
func DecodeJSON(v *Value) (*Value, error) {
	if v == nil {
		return &Value{}, nil
	}
	if v.JSON != nil {
		return v.JSON, nil
	}
	if v.Kind == Unknown {
		return oneOfTexts(Of(Type{}, v.Span, v.Why...), v.Cases()), nil
	}
	if v.Kind != String {
		return nil, &JSONError{What: "JSON text expected, not a " + v.Kind.String(), Span: v.Span, Line: 1, Column: 1}
	}
	d := &jsonDecoder{v: v}
	d.syntaxes = make([]Syntax, len(v.Parts))
	for i, p := range v.Parts {
		d.syntaxes[i] = jsonSyntax(v, p)
	}
	d.normalize()
	tree, err := d.document()
	if !d.opened && err == nil {
		return tree, nil
	}
	texts := Combinations(v, 0)
	if len(texts) == 0 {
		return tree, err
	}
	if err != nil {
		tree = Of(Type{}, v.Span, v.AllWhy()...)
	}
	out := oneOfTexts(tree, texts)
	if err != nil && len(out.Candidates) == 0 && out == tree {
		return nil, err
	}
	return out, nil
}

// oneOfTexts is a tree that one of several texts encodes. Where one of them is
// not JSON, nothing is known of what that leads to.
func oneOfTexts(tree *Value, texts []Case) *Value {
	var trees []Case
	for _, text := range texts {
		t, err := DecodeJSON(text.Value)
		if err != nil {
			return tree
		}
		trees = append(trees, Case{t, text.When})
	}
	return OneOf(tree, trees)
}

// jsonSyntax is how the JSON text of a part has to be edited.
func jsonSyntax(v *Value, p Part) Syntax {
	if p.Hole != nil || !p.Text.Mapped() {
		return SyntaxNone
	}
	switch v.Syntax {
	case SyntaxJSON, SyntaxTemplateJSON, SyntaxQuotedJSON:
		return v.Syntax
	}
	s := p.Text.Span
	if s.Start > 0 && s.File == v.Span.File && v.Span.Start < len(s.File.Bytes) && s.File.Bytes[v.Span.Start] == '"' {
		return SyntaxQuotedJSON
	}
	if v.Span == s && s.Start > 0 && s.File.Bytes[s.Start-1] == '"' {
		return SyntaxQuotedJSON
	}
	return SyntaxTemplateJSON
}

// jsonPos is a place in the parts of a string.
type jsonPos struct{ part, offset int }

type jsonDecoder struct {
	v        *Value
	syntaxes []Syntax
	at       jsonPos
	depth    int
	opened   bool // a hole stands where members may be
}

// normalize steps over the ends of parts, so that at is always on a byte, on a
// hole, or after the last part.
func (d *jsonDecoder) normalize() {
	for d.at.part < len(d.v.Parts) {
		p := d.v.Parts[d.at.part]
		if p.Hole != nil || d.at.offset < len(p.Text.String) {
			return
		}
		d.at = jsonPos{d.at.part + 1, 0}
	}
}

func (d *jsonDecoder) end() bool { return d.at.part >= len(d.v.Parts) }

// hole is the hole at the current place, or nil.
func (d *jsonDecoder) hole() *Value {
	if d.end() {
		return nil
	}
	return d.v.Parts[d.at.part].Hole
}

// peek is the current byte; 0 at the end and at a hole, which is no byte that
// JSON text may hold.
func (d *jsonDecoder) peek() byte {
	if d.end() || d.hole() != nil {
		return 0
	}
	return d.v.Parts[d.at.part].Text.String[d.at.offset]
}

// next steps over a byte or a hole.
func (d *jsonDecoder) next() {
	if d.hole() != nil {
		d.at = jsonPos{d.at.part + 1, 0}
	} else {
		d.at.offset++
	}
	d.normalize()
}

func (d *jsonDecoder) space() {
	for {
		switch d.peek() {
		case ' ', '\t', '\r', '\n':
			d.next()
		default:
			return
		}
	}
}

// spanFrom is the source of everything between start and the current place.
func (d *jsonDecoder) spanFrom(start jsonPos) source.Span {
	if start.part >= len(d.v.Parts) {
		return source.Span{}
	}
	last := d.at
	if last.offset == 0 && last.part > start.part { // before a part: the end of the one before
		last.part--
		for last.part > start.part && d.v.Parts[last.part].Hole == nil && d.v.Parts[last.part].Text.String == "" {
			last.part--
		}
		last.offset = len(d.v.Parts[last.part].Text.String)
	}
	first, final := d.v.Parts[start.part], d.v.Parts[last.part]
	if start.part == last.part {
		if first.Hole != nil {
			return first.Hole.Span
		}
		return first.Text.SpanOf(start.offset, last.offset)
	}
	from, to := first.spanOf(start.offset, start.offset), final.spanOf(last.offset, last.offset)
	if first.Hole == nil {
		from = first.Text.SpanOf(start.offset, len(first.Text.String))
	}
	if final.Hole == nil {
		to = final.Text.SpanOf(0, last.offset)
	}
	return from.To(to)
}

func (p Part) spanOf(i, j int) source.Span {
	if p.Hole != nil {
		return p.Hole.Span
	}
	return p.Text.SpanOf(i, j)
}

// finish gives a node what all nodes have.
func (d *jsonDecoder) finish(n *Value, start jsonPos) *Value {
	n.Span = d.spanFrom(start)
	n.Assumptions = d.v.Assumptions
	n.Sensitive = n.Sensitive || d.v.Sensitive
	if start.part < len(d.syntaxes) {
		n.Syntax = d.syntaxes[start.part]
	}
	return n
}

// fail is an error at the current place.
func (d *jsonDecoder) fail(format string, args ...any) error { return d.failAt(d.at, format, args...) }

func (d *jsonDecoder) failAt(at jsonPos, format string, args ...any) error {
	e := &JSONError{What: fmt.Sprintf(format, args...), Line: 1, Column: 1}
	for i, p := range d.v.Parts {
		if i > at.part {
			break
		}
		text := p.Text.String
		if i == at.part {
			text = text[:min(at.offset, len(text))]
		}
		for _, r := range text {
			e.Column++
			if r == '\n' {
				e.Line, e.Column = e.Line+1, 1
			}
		}
	}
	switch {
	case at.part < len(d.v.Parts):
		p := d.v.Parts[at.part]
		if p.Hole != nil {
			e.Span = p.Hole.Span
			break
		}
		_, size := utf8.DecodeRuneInString(p.Text.String[at.offset:])
		e.Span = p.Text.SpanOf(at.offset, at.offset+size)
	case len(d.v.Parts) > 0:
		p := d.v.Parts[len(d.v.Parts)-1]
		s := p.spanOf(0, len(p.Text.String))
		e.Span = source.Span{File: s.File, Start: s.End, End: s.End}
	}
	if e.Span.IsZero() {
		e.Span = d.v.Span
	}
	return e
}

// found names what stands at the current place.
func (d *jsonDecoder) found() string {
	if d.end() {
		return "unexpected end of the JSON text"
	}
	if d.hole() != nil {
		return "unexpected interpolation"
	}
	r, _ := utf8.DecodeRuneInString(d.v.Parts[d.at.part].Text.String[d.at.offset:])
	if r == '\ufeff' {
		return "byte order mark"
	}
	return "invalid character " + strconv.QuoteRune(r)
}

func (d *jsonDecoder) document() (*Value, error) {
	d.blank()
	var root *Value
	if d.end() && d.anyHole() {
		root = d.unknown(jsonPos{})
	} else {
		var err error
		if root, err = d.value(); err != nil {
			return nil, err
		}
	}
	d.blank()
	if !d.end() {
		return nil, d.fail("%s after the end of the JSON value", d.found())
	}
	return root, nil
}

// blank steps over space, and over holes before and after the text's one
// value: there they hold space, or the text is not JSON and nothing applies it.
func (d *jsonDecoder) blank() {
	for {
		d.space()
		if d.hole() == nil {
			return
		}
		d.next()
	}
}

func (d *jsonDecoder) anyHole() bool {
	for _, p := range d.v.Parts {
		if p.Hole != nil {
			return true
		}
	}
	return false
}

// unknown is the value of the text from start to the current place, which
// holds holes.
func (d *jsonDecoder) unknown(start jsonPos) *Value {
	n := &Value{}
	var only *Value
	holes := 0
	for i := start.part; i < len(d.v.Parts) && i <= d.at.part; i++ {
		h := d.v.Parts[i].Hole
		if h == nil || i == d.at.part && d.at.offset == 0 {
			continue
		}
		only, holes = h, holes+1
		n.Why = append(n.Why, h.Why...)
		n.Assumptions = MergeAssumptions(n.Assumptions, h.Assumptions)
		n.Sensitive = n.Sensitive || h.Sensitive
	}
	if holes == 1 {
		if only.JSON != nil {
			return only.JSON
		}
		n.Ref, n.Via = only.Ref, only.Via
		if d.at == (jsonPos{start.part + 1, 0}) { // it stands alone
			one := oneOfTexts(&Value{}, only.Cases())
			n.Candidates, n.When = one.Candidates, one.When
		}
	}
	assumptions := n.Assumptions
	d.finish(n, start)
	n.Assumptions = MergeAssumptions(assumptions, n.Assumptions)
	n.Syntax = SyntaxNone
	return n
}

func (d *jsonDecoder) value() (*Value, error) {
	start := d.at
	if d.hole() != nil {
		return d.scalar(start)
	}
	switch c := d.peek(); {
	case c == '{' || c == '[':
		if d.depth++; d.depth > maxJSONDepth {
			return nil, d.fail("JSON text nested deeper than %d", maxJSONDepth)
		}
		defer func() { d.depth-- }()
		if c == '{' {
			return d.object()
		}
		return d.array()
	case c == '"':
		return d.str()
	case d.end():
		return nil, d.fail("%s", d.found())
	case c == '}' || c == ']' || c == ',' || c == ':':
		return nil, d.fail("%s where a value should be", d.found())
	}
	return d.scalar(start)
}

// opens notes that the hole at the current place may bring more members.
func (d *jsonDecoder) opens(n *Value) {
	h := d.hole()
	n.Open, d.opened = true, true
	n.Why = append(n.Why, h.Why...)
	n.Sensitive = n.Sensitive || h.Sensitive
	d.next()
}

func (d *jsonDecoder) array() (*Value, error) {
	start := d.at
	n := &Value{Kind: Tuple}
	var rests []*Value // what is like the members that each hole may bring
	d.next()
	comma := jsonPos{part: -1} // of the comma before, when there was one
	for {
		d.space()
		switch h := d.hole(); {
		case d.joined(n):
			rests = append(rests, n.Rest)
			comma.part = -1
			d.space()
			if d.peek() == ',' {
				d.next()
			}
			continue
		case h != nil && h.JSON == nil:
			d.opens(n)
			rests = append(rests, nil)
			comma.part = -1
			d.space()
			if d.peek() == ',' {
				d.next()
			}
			continue
		case h == nil && d.peek() == ']':
			if comma.part >= 0 {
				return nil, d.failAt(comma, "trailing comma before ]")
			}
			d.next()
			n.Rest = AnyOf(rests...)
			return d.finish(n, start), nil
		}
		elem, err := d.value()
		if err != nil {
			return nil, err
		}
		n.Elems = append(n.Elems, elem)
		if comma, err = d.separator(']', "element"); err != nil {
			return nil, err
		}
	}
}

// joined reads a hole that brings members that are joined by commas, in quotes
// that stand around all of them or with quotes of their own.
func (d *jsonDecoder) joined(n *Value) bool {
	at, h := d.at, d.hole()
	quote := ""
	if h == nil && d.peek() == '"' {
		quote = `"`
		d.next()
		h = d.hole()
	}
	if h != nil && h.Joined != "" && h.Rest != nil && strings.Join(strings.Fields(h.Joined), "") == quote+","+quote {
		rest := *h.Rest
		if parts, ok := rest.AsParts(); ok {
			fence := []Part{{Text: source.Computed(quote, h.Span)}}
			rest = Value{Kind: String, Parts: slices.Concat(fence, parts, fence), Span: h.Span, Sensitive: rest.Sensitive, Assumptions: rest.Assumptions}
			if elem, err := DecodeJSON(&rest); err == nil {
				opened := d.opened
				d.opens(n)
				d.opened = opened
				if n.Rest = elem; quote == "" {
					return true
				}
				if d.peek() == '"' {
					d.next()
					return true
				}
			}
		}
	}
	d.at = at
	return false
}

// separator reads what follows a member: a comma, whose place it returns, or
// nothing before a closing character or a hole.
func (d *jsonDecoder) separator(closing byte, after string) (jsonPos, error) {
	d.space()
	at := d.at
	switch c := d.peek(); {
	case d.hole() != nil || c == closing && !d.end():
		return jsonPos{part: -1}, nil
	case c == ',':
		d.next()
		return at, nil
	case d.end():
		return at, d.fail("%s, %c is missing", d.found(), closing)
	}
	return at, d.fail("%s after %s, where a comma or %c should be", d.found(), article(after), closing)
}

func article(noun string) string {
	if noun == "element" {
		return "an element"
	}
	return "a " + noun
}

func (d *jsonDecoder) object() (*Value, error) {
	start := d.at
	n := &Value{Kind: Object}
	d.next()
	comma := jsonPos{part: -1}
	for {
		d.space()
		switch c := d.peek(); {
		case d.hole() != nil:
			if err := d.unknownMember(n); err != nil {
				return nil, err
			}
			comma.part = -1
			continue
		case c == '}':
			if comma.part >= 0 {
				return nil, d.failAt(comma, "trailing comma before }")
			}
			d.next()
			return d.finish(n, start), nil
		case c != '"':
			if d.end() {
				return nil, d.fail("%s, } is missing", d.found())
			}
			return nil, d.fail("%s where a member name in double quotes should be", d.found())
		}
		a, err := d.member()
		if err != nil {
			return nil, err
		}
		n.Attrs = append(n.Attrs, a)
		if comma, err = d.separator('}', "member"); err != nil {
			return nil, err
		}
	}
}

func (d *jsonDecoder) member() (Attr, error) {
	name, err := d.str()
	if err != nil {
		return Attr{}, err
	}
	d.space()
	if d.peek() != ':' {
		return Attr{}, d.fail("%s after a member name, where a colon should be", d.found())
	}
	d.next()
	d.space()
	v, err := d.value()
	return Attr{Name: name, Value: v}, err
}

// unknownMember reads a hole among the members of an object: some members, or
// the name of one (${jsonencode(var.name)}: value).
func (d *jsonDecoder) unknownMember(n *Value) error {
	start := d.at
	d.opens(n)
	name := d.unknown(start)
	d.space()
	if d.peek() == ':' {
		d.next()
		d.space()
		v, err := d.value()
		if err != nil {
			return err
		}
		n.Attrs = append(n.Attrs, Attr{Name: name, Value: v})
		d.space()
	}
	if d.peek() == ',' {
		d.next()
	}
	return nil
}
