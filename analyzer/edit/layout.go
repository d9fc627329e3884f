package edit

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

// maxLine is where one-line lists and objects are broken; what the author has
// on one line may be longer.
const maxLine = 100

// style is how the members of a container are written.
type style struct {
	dialect    dialect
	newline    string
	indent     string // of the line on which a value begins
	unit       string // one level
	inline     bool   // on one line
	assign     string // between a key and its value
	comma      string // between members on one line
	pad        string // inside the braces of an object on one line
	quoteKeys  bool
	trailing   bool // a comma after the last of several lines
	commas     bool // commas between members on lines of their own
	breakLists bool // lists of scalars take several lines
	openLists  bool // such lists have no comma at their end
	oneLine    bool // flat objects take one line
}

// style is how c writes its items, as far as they tell.
func (c *container) style() style {
	t := c.text
	s := style{dialect: c.dialect, newline: t.newline(c.open), assign: " = ", comma: ", ", pad: " ", indent: t.indent(c.open)}
	if c.json() {
		s.assign, s.pad = ": ", ""
	}
	s.unit = c.unit()
	if len(c.items) == 0 {
		if c.json() && !bytes.Contains(t.b, []byte(`": `)) && bytes.Contains(t.b, []byte(`":`)) {
			s.assign, s.comma = ":", ","
		}
		return s
	}
	if model := c.model(); model != nil {
		s.trailing = c.items[len(c.items)-1].comma >= 0
		s.like(model)
		s.comma = c.comma(s)
		return s
	}
	first, last := c.items[0], c.items[len(c.items)-1]
	s.trailing = last.comma >= 0
	if !c.list() && !first.block {
		s.assign = c.assign(last)
		s.quoteKeys = c.quotesKeys()
		s.commas = c.wantsComma() || s.trailing || len(c.items) == 1 && strings.Contains(s.assign, ":")
	}
	if pad := string(t.b[c.open+1 : first.start]); strings.Trim(pad, " ") == "" && t.b[c.open] == '{' {
		s.pad = pad
	}
	s.comma = c.comma(s)
	s.breakLists, s.openLists, s.oneLine = c.breaks()
	return s
}

// like takes over how another object writes its members.
func (s *style) like(model *container) {
	m := model.style()
	s.assign, s.quoteKeys, s.pad, s.commas = m.assign, m.quoteKeys, m.pad, m.commas
	s.breakLists, s.openLists = m.breakLists, m.openLists
	if s.oneLine = model.oneLine(); !s.oneLine {
		s.trailing = m.trailing
	}
}

// model is the last object in a list: what another one is written like.
func (c *container) model() *container {
	for i := len(c.items) - 1; c.list() && i >= 0; i-- {
		v := c.items[i].value
		if c.text.b[v.start] != '{' {
			continue
		}
		m := &container{}
		var err error
		if c.json() {
			m, err = scanJSON(c.text, c.dialect, v.start)
		} else {
			m, err = scanExpr(source.Span{File: c.text.file, Start: v.start, End: v.end})
		}
		if err == nil && len(m.items) > 0 {
			return m
		}
	}
	return nil
}

// oneLine says that c is on one line.
func (c *container) oneLine() bool {
	return bytes.IndexByte(c.text.b[c.open:c.close], '\n') < 0
}

// assign is the separator of key and value, without what aligns it.
func (c *container) assign(it item) string {
	between := string(c.text.b[it.key.end:it.value.start])
	sign := strings.Trim(between, " \t\r\n")
	if sign != ":" && sign != "=" {
		if c.json() {
			return ": "
		}
		return " = "
	}
	before, after, _ := strings.Cut(between, sign)
	if before != "" {
		before = " "
	}
	if after != "" {
		after = " "
	}
	return before + sign + after
}

// quotesKeys says that all keys are quoted.
func (c *container) quotesKeys() bool {
	quoted := false
	for _, it := range c.items {
		if it.name == "" {
			continue
		}
		if c.text.b[it.key.start] != '"' {
			return false
		}
		quoted = true
	}
	return quoted
}

// comma is the separator of items on one line.
func (c *container) comma(s style) string {
	for i, it := range c.items {
		if it.comma < 0 || i+1 == len(c.items) {
			continue
		}
		if between := string(c.text.b[it.comma:c.items[i+1].start]); between == "," || between == ", " {
			return between
		}
	}
	if c.json() && len(c.items) > 0 && s.assign == ":" {
		return ","
	}
	return ", "
}

// breaks says how the values among the items that are lists and flat objects
// are laid out; what none shows is false.
func (c *container) breaks() (lists, open, objectsOnOneLine bool) {
	objects := 0
	for _, it := range c.items {
		v := c.text.b[it.value.start:it.value.end]
		lines := bytes.IndexByte(v, '\n') >= 0
		switch {
		case it.block || len(v) < 3:
		case v[0] == '[' && lines && !bytes.ContainsAny(v, "{(") && !c.list():
			lists = true
			open = bytes.IndexByte(bytes.TrimSpace(v[bytes.LastIndexByte(v[:len(v)-1], '"')+1:]), ',') < 0
		case v[0] == '{' && lines:
			return lists, open, false
		case v[0] == '{':
			objects++
		}
	}
	return lists, open, objects > 0
}

// What may stand on the line of a bracket before and after it when what is in
// the brackets has lines of its own, or would have.
var (
	soleBefore = regexp.MustCompile(`^\s*(("[^"]*"|[\w-]+)\s*[:=]\s*)?(\w+\()*[\[{]*$`)
	soleAfter  = regexp.MustCompile(`^[\s\])},]*(#.*|//.*)?$`)
)

// sole says that nothing else is on the lines of the brackets: no other items
// that make it a one-line layout.
func (c *container) sole() bool {
	t := c.text
	return soleBefore.Match(t.b[t.lineStart(c.open):c.open]) && soleAfter.Match(t.b[c.close+1:t.lineEnd(c.close)]) &&
		!(c.json() && bytes.IndexByte(bytes.TrimSpace(t.b), '\n') < 0)
}

// unit is one level of indentation: how much deeper the items stand than the
// brackets, else what the lines above show.
func (c *container) unit() string {
	t := c.text
	base := t.indent(c.open)
	if t.leads(c.close) && t.lineStart(c.close) != t.lineStart(c.open) {
		base = t.indent(c.close)
	}
	for _, it := range c.items {
		if in := t.indent(it.start); t.leads(it.start) && len(in) > len(base) && strings.HasPrefix(in, base) {
			return in[len(base):]
		}
	}
	return t.unit(c.open)
}

// render writes a node that begins on a line of the style's indentation.
func (s style) render(n Node) string {
	switch n.kind {
	case listNode:
		return s.list(n)
	case objectNode:
		return s.object(n)
	case blockNode:
		if s.dialect.json {
			return s.object(n)
		}
		return s.body(n)
	}
	return s.dialect.word(n)
}

func (s style) deeper() style {
	s.indent += s.unit
	return s
}

// fits says that the text may be written on one line.
func (s style) fits(text string) bool {
	return s.inline || !strings.Contains(text, "\n") && width(s.indent)+utf8.RuneCountInString(text) <= maxLine
}

func (s style) list(n Node) string {
	if len(n.elems) == 0 {
		return "[]"
	}
	flat := true
	parts := make([]string, len(n.elems))
	for i, e := range n.elems {
		flat = flat && e.scalar()
		one := s
		one.inline = true
		parts[i] = one.render(e)
	}
	breaks := s.breakLists && (s.dialect.json || len(n.elems) > 1)
	if line := "[" + strings.Join(parts, s.comma) + "]"; s.inline || flat && !breaks && s.fits(line) {
		return line
	}
	in := s.deeper()
	s.trailing = !s.dialect.json && !s.openLists
	for i, e := range n.elems {
		parts[i] = in.indent + in.render(e)
	}
	return "[" + s.newline + s.lines(parts, ",") + s.indent + "]"
}

// lines joins parts on lines of their own, with the separator between them.
func (s style) lines(parts []string, separator string) string {
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(p)
		if i+1 < len(parts) || s.trailing {
			b.WriteString(separator)
		}
		b.WriteString(s.newline)
	}
	return b.String()
}

func (s style) object(n Node) string {
	if len(n.members) == 0 {
		return "{}"
	}
	if s.inline || s.oneLine && n.flat() {
		parts := make([]string, len(n.members))
		one := s
		one.inline = true
		for i, m := range n.members {
			parts[i] = one.member(m.Name, m.Value)
		}
		if line := "{" + s.pad + strings.Join(parts, s.comma) + s.pad + "}"; s.fits(line) {
			return line
		}
	}
	in := s.deeper()
	parts := in.members(n.members)
	separator := ""
	if s.dialect.json || s.commas {
		separator = ","
	}
	return "{" + s.newline + s.lines(parts, separator) + s.indent + "}"
}

// member is a key with its value.
func (s style) member(name string, v Node) string {
	return s.dialect.key(name, s.quoteKeys) + s.assign + s.render(v)
}

// members are key and value on lines of their own. Keys that = follows are
// aligned as terraform fmt does: in runs of lines whose values take one line.
func (s style) members(members []Member) []string {
	keys, values := make([]string, len(members)), make([]string, len(members))
	for i, m := range members {
		keys[i], values[i] = s.dialect.key(m.Name, s.quoteKeys), s.render(m.Value)
	}
	out := make([]string, len(members))
	for i := 0; i < len(members); {
		j, widest := i, 0
		for ; j < len(members) && !strings.Contains(values[j], "\n"); j++ {
			widest = max(widest, utf8.RuneCountInString(keys[j]))
		}
		for ; i < j; i++ {
			fill := 0
			if strings.Contains(s.assign, "=") {
				fill = widest - utf8.RuneCountInString(keys[i])
			}
			out[i] = s.indent + keys[i] + strings.Repeat(" ", fill) + s.assign + values[i]
		}
		if i < len(members) {
			out[i] = s.indent + keys[i] + s.assign + values[i]
			i++
		}
	}
	return out
}

// body is the braces of a block and what is in them.
func (s style) body(n Node) string {
	if len(n.members) == 0 {
		return "{}"
	}
	return "{" + s.newline + s.bodyLines(n.members) + s.indent + "}"
}

// bodyLines is the inside of a block: attributes first, then nested blocks,
// each behind a blank line.
func (s style) bodyLines(members []Member) string {
	in := s.deeper()
	in.assign, in.quoteKeys, in.trailing = " = ", false, false
	var attrs []Member
	for _, m := range members {
		if m.Value.kind != blockNode {
			attrs = append(attrs, m)
		}
	}
	var b strings.Builder
	for _, l := range in.members(attrs) {
		b.WriteString(l + s.newline)
	}
	for _, m := range members {
		if m.Value.kind == blockNode {
			if b.Len() > 0 {
				b.WriteString(s.newline)
			}
			b.WriteString(in.block(m.Name, m.Value) + s.newline)
		}
	}
	return b.String()
}

// block is a block on lines of its own.
func (s style) block(name string, n Node) string { return s.indent + name + " " + s.body(n) }

// width is the columns that white space takes, with tabs as most editors show
// them in configurations.
func width(indent string) int {
	return len(indent) + 3*strings.Count(indent, "\t")
}
