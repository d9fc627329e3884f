package workspace

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// heading is a block at the top of a file, of either syntax, as its text alone shows
// it: what is in it has not been parsed.
type heading struct {
	typ    string
	labels []string
	// line and column are where a block in the native syntax begins, as hcl counts.
	line, column int
	typeAt       span
	header       span // to the end of the last label; in JSON the last label alone
	whole        span // to its closing brace; in JSON the object alone
	body         int  // behind the opening brace
}

// span is a range of the bytes of a file.
type span struct{ start, end int }

func (s span) of(src []byte) []byte { return src[s.start:s.end] }

func (s span) in(f *source.File) source.Span { return source.Span{File: f, Start: s.start, End: s.end} }

// parse has hcl parse a block in the native syntax, and nothing else of src. Lines and
// columns are those that hcl gives in the whole file; offsets as well where at is the
// offset of the block, and are those in its own text where at is 0. The block is nil
// where hcl makes none of it.
func (h *heading) parse(src []byte, filename string, at int) (*hclsyntax.Block, hcl.Diagnostics) {
	start := hcl.Pos{Byte: at, Line: h.line, Column: h.column}
	file, diags := hclsyntax.ParseConfig(h.whole.of(src), filename, start)
	if body, ok := file.Body.(*hclsyntax.Body); ok && len(body.Blocks) > 0 {
		return body.Blocks[0], diags
	}
	return nil, diags
}

// headings finds the blocks at the top of a file in the native syntax. ok is false
// for a file in which anything else stands there, that is not balanced, or that
// has anything of which this scan is not sure: then hcl has to say.
//
// Where ok is true, hcl finds the same blocks in the whole file if it finds no
// error; parsed on its own, each is what it is in the whole file; and hcl finds
// an error in the file if and only if it finds one in a block on its own.
func headings(src []byte) (blocks []heading, ok bool) {
	if !scannable(src) {
		return nil, false
	}
	s := scan{src: src}
	i, line := 0, 1
	if bytes.HasPrefix(src, byteOrderMark) {
		i = len(byteOrderMark)
	}
	counted := i         // how far lines are
	var room [24]heading // on the stack: most files have no more
	var words [64]span
	found, headers := room[:0], words[:0]
	for {
		start := s.between(i)
		if start < 0 {
			return nil, false
		}
		if start == len(src) {
			return named(src, found, headers), true
		}
		line += bytes.Count(src[counted:start], newline)
		from := max(counted, bytes.LastIndexByte(src[:start], '\n')+1)
		counted = start
		if s.space(from) < start {
			return nil, false // hcl's columns count what a reader sees as one character
		}
		h := heading{line: line, column: start - from + 1}
		if headers = s.header(&h, start, headers); h.body == 0 {
			return nil, false
		}
		end := s.code(h.body, '}', 1)
		if end < 0 || src[end-2] == '~' {
			return nil, false
		}
		if i = s.endOfLine(end); i < 0 {
			return nil, false
		}
		h.whole = span{start, end}
		found = append(found, h)
	}
}

// named are the blocks with their types and labels, which words has in their
// order: all in one text, so that a file takes three allocations.
func named(src []byte, found []heading, words []span) []heading {
	var room [1024]byte
	text := room[:0]
	for _, w := range words {
		text = append(text, w.of(src)...)
	}
	rest, labels := string(text), make([]string, 0, len(words)-len(found))
	next := func() (word string) {
		n := words[0].end - words[0].start
		word, rest, words = rest[:n], rest[n:], words[1:]
		return word
	}
	blocks := slices.Clone(found)
	for i := range blocks {
		h, first := &blocks[i], len(labels)
		h.typ = next()
		for len(words) > 0 && words[0].start < h.header.end {
			labels = append(labels, next())
		}
		h.labels = labels[first:len(labels):len(labels)]
	}
	return blocks
}

// scannable says that nothing in a file is foreign to the scan from the outset.
func scannable(src []byte) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(src[i:], '\r')
		if n < 0 {
			break
		}
		if i += n; i+1 == len(src) || src[i+1] != '\n' {
			return false // alone it ends no line, and no string may have it
		}
	}
	return bytes.Count(src, []byte("?")) <= maxConditionals && bytes.Count(src, []byte("%")) <= maxDirectives && utf8.Valid(src)
}

var newline = []byte("\n")

// scan steps over the text of a file as hcl's scanner does. Its methods take the
// place to begin at and return the one behind what they step over; -1 when they
// are not sure.
type scan struct{ src []byte }

// What a byte may be the beginning of, in code.
const (
	plain = iota
	opening
	closing
	quote
	comment // #
	slash   // or comment
	less    // or heredoc
	foreign // to the language, or so rare that hcl may look at it
)

var codeClass = func() (t [256]uint8) {
	for c := range t {
		if c < ' ' || c >= 0x7f {
			t[c] = foreign
		}
	}
	for _, c := range []byte("\t\r\n") {
		t[c] = plain
	}
	for _, c := range []byte("'`;^@\\$") {
		t[c] = foreign
	}
	for _, c := range []byte("([{") {
		t[c] = opening
	}
	for _, c := range []byte(")]}") {
		t[c] = closing
	}
	t['"'], t['#'], t['/'], t['<'] = quote, comment, slash, less
	return t
}()

// code steps over code to behind the bracket that closes it, depth levels below
// the top of the file.
func (s *scan) code(i int, end byte, depth int) int {
	if depth > maxNesting {
		return -1
	}
	src := s.src
	for i >= 0 && i < len(src) {
		c := src[i]
		class := codeClass[c]
		if class == plain {
			i++
			continue
		}
		switch class {
		case opening:
			if c == '(' {
				i = s.code(i+1, ')', depth+1)
			} else if i = s.code(i+1, c+2, depth+1); c == '{' && i > 0 && src[i-2] == '~' {
				return -1 // ~} closes nothing but a template
			}
		case closing:
			if c != end {
				return -1
			}
			return i + 1
		default:
			i = s.special(i, depth)
		}
	}
	return -1
}

// special steps over what begins with a byte that is neither plain nor a bracket.
func (s *scan) special(i, depth int) int {
	switch rest := s.src[i+1:]; codeClass[s.src[i]] {
	case quote:
		return s.quoted(i+1, depth+1)
	case comment:
		return s.lineEnd(i)
	case slash:
		if len(rest) > 0 && rest[0] == '/' {
			return s.lineEnd(i)
		}
		if len(rest) > 0 && rest[0] == '*' {
			return s.blockComment(i)
		}
		return i + 1
	case less:
		if len(rest) > 0 && rest[0] == '<' {
			return s.heredoc(i+2, depth+1)
		}
		return i + 1
	}
	return -1
}

// lineEnd is the newline that ends a line, or the end of the file.
func (s *scan) lineEnd(i int) int {
	if n := bytes.IndexByte(s.src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s.src)
}

func (s *scan) blockComment(i int) int {
	n := bytes.Index(s.src[i+2:], []byte("*/"))
	if n < 0 {
		return -1
	}
	return i + 2 + n + 2
}

// What a byte may be the beginning of, in a quoted string.
const (
	quoteEnd = iota + 1
	escape
	marker // of a template
	broken
)

var quotedClass = [256]uint8{'"': quoteEnd, '\\': escape, '$': marker, '%': marker, '\n': broken}

// quoted steps over a string from behind its opening quote.
func (s *scan) quoted(i, depth int) int {
	if depth > maxNesting {
		return -1
	}
	src := s.src
	for i >= 0 && i < len(src) {
		class := quotedClass[src[i]]
		if class == plain {
			i++
			continue
		}
		switch class {
		case quoteEnd:
			return i + 1
		case escape:
			if i += 2; i > len(src) || src[i-1] == '\n' || src[i-1] == '\r' {
				return -1
			}
		case marker:
			i = s.template(i, depth)
		default:
			return -1
		}
	}
	return -1
}

// template steps over a $ or %, and over the template that it begins, if it does:
// $${ is the text ${.
func (s *scan) template(i, depth int) int {
	rest := s.src[i:]
	switch {
	case len(rest) > 1 && rest[1] == '{':
		return s.code(i+2, '}', depth+1)
	case len(rest) > 2 && rest[1] == rest[0] && rest[2] == '{':
		return i + 3
	}
	return i + 1
}

// heredoc steps over a heredoc from behind its << to before the newline behind its
// end.
func (s *scan) heredoc(i, depth int) int {
	src := s.src
	if i < len(src) && src[i] == '-' {
		i++
	}
	start := i
	if i = identifier(src, i); i == start || depth > maxNesting {
		return -1
	}
	end := src[start:i]
	if i < len(src) && src[i] == '\r' {
		i++
	}
	if i >= len(src) || src[i] != '\n' {
		return -1
	}
	i++
	for fresh := true; ; { // at the beginning of a line
		n := bytes.IndexByte(src[i:], '\n')
		if n < 0 {
			return -1
		}
		line := src[i : i+n]
		if fresh && isMarker(line, end) {
			return i + len(bytes.TrimSuffix(line, []byte("\r")))
		}
		at := bytes.IndexByte(line, '$')
		if p := bytes.IndexByte(line, '%'); p >= 0 && (at < 0 || p < at) {
			at = p
		}
		if at < 0 {
			i, fresh = i+n+1, true
			continue
		}
		if i = s.template(i+at, depth); i < 0 {
			return -1
		}
		fresh = false
	}
}

// isMarker says that a line ends a heredoc: spaces may stand around its marker.
func isMarker(line, marker []byte) bool {
	return len(line) >= len(marker) && bytes.Equal(bytes.TrimSpace(line), marker)
}

// identifier is the end of the identifier that begins at i; i when none does. It
// is one in ASCII.
func identifier(src []byte, i int) int {
	if i >= len(src) || wordClass[src[i]] != wordStart {
		return i
	}
	for i++; i < len(src) && wordClass[src[i]] != 0; i++ {
	}
	return i
}

const (
	wordStart = iota + 1
	wordMiddle
)

var wordClass = func() (t [256]uint8) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[c] = wordStart
		case '0' <= c && c <= '9', c == '-':
			t[c] = wordMiddle
		}
	}
	return t
}()

// between steps over what may stand between two items of a body: space, newlines
// and comments.
func (s *scan) between(i int) int {
	for i >= 0 && i < len(s.src) {
		switch s.src[i] {
		case ' ', '\t', '\r', '\n':
			i++
		case '#':
			i = s.lineEnd(i)
		case '/':
			next := s.special(i, 0)
			if next == i+1 {
				return -1 // no comment
			}
			i = next
		default:
			return i
		}
	}
	return i
}

// space steps over what may stand between two tokens of a line.
func (s *scan) space(i int) int {
	for i < len(s.src) && (s.src[i] == ' ' || s.src[i] == '\t') {
		i++
	}
	return i
}

// endOfLine steps over what may stand behind an item, and its newline.
func (s *scan) endOfLine(i int) int {
	for i >= 0 {
		if i = s.space(i); i == len(s.src) {
			return i
		}
		switch s.src[i] {
		case '\r': // before a newline
			i++
		case '\n':
			return i + 1
		case '#':
			i = s.lineEnd(i)
		case '/':
			next := s.special(i, 0)
			if next == i+1 {
				return -1
			}
			i = next
		default:
			return -1
		}
	}
	return -1
}

// header reads the head of a block that begins at start, and adds where its type
// and labels stand to words. It leaves h without a body where it is not sure.
func (s *scan) header(h *heading, start int, words []span) []span {
	src := s.src
	i := identifier(src, start)
	if i == start {
		return words
	}
	h.typeAt = span{start, i}
	words = append(words, h.typeAt)
	for {
		h.header = span{start, i}
		at := s.space(i)
		if at >= len(src) {
			return words
		}
		switch src[at] {
		case '{':
			h.body = at + 1
			return words
		case '"':
			for i = at + 1; i < len(src) && quotedClass[src[i]] == plain; i++ {
			}
			if i == len(src) || src[i] != '"' {
				return words // a template, or what has to be decoded
			}
			words = append(words, span{at + 1, i})
			i++
		default:
			if i = identifier(src, at); i == at {
				return words
			}
			words = append(words, span{at, i})
		}
	}
}

// plainString is the text of a value that is a string of which nothing has to be
// decoded, in either syntax.
func plainString(v []byte) (string, bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	for _, c := range v[1 : len(v)-1] {
		if quotedClass[c] != plain || c < ' ' || c >= utf8.RuneSelf { // which is normalized
			return "", false
		}
	}
	return string(v[1 : len(v)-1]), true
}

// arguments visits the arguments that stand directly in a block in the native
// syntax, without the nested blocks. It is false where only hcl can tell.
func (h *heading) arguments(src []byte, visit func(name, value span)) bool {
	s := scan{src: src[:h.whole.end]}
	for i := h.body; ; {
		start := s.between(i)
		switch {
		case start < 0 || start >= h.whole.end:
			return false
		case src[start] == '}':
			return start+1 == h.whole.end
		}
		name := span{start, identifier(src, start)}
		if name.end == start {
			return false
		}
		if i = s.space(name.end); src[i] != '=' {
			if i = s.nested(i); i < 0 {
				return false
			}
			continue
		}
		v := span{start: s.space(i + 1)}
		if v.end, i = s.value(v.start); i < 0 {
			return false
		}
		visit(name, v)
	}
}

// nested steps over a block within another, from behind its type.
func (s *scan) nested(i int) int {
	for i >= 0 && i < len(s.src) {
		switch c := s.src[i]; {
		case c == '{':
			if i = s.code(i+1, '}', 2); i < 0 {
				return -1
			}
			return s.endOfLine(i)
		case c == '"':
			i = s.quoted(i+1, 2)
		case c == ' ' || c == '\t':
			i++
		default:
			end := identifier(s.src, i)
			if end == i {
				return -1
			}
			i = end
		}
	}
	return -1
}

// value steps over the value of an argument. end is where it ends, next the place
// where the next item may begin.
func (s *scan) value(i int) (end, next int) {
	src := s.src
	for end = i; i >= 0 && i < len(src); {
		switch c := src[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '\n' || c == '#':
			return end, s.endOfLine(i)
		case c == '}': // of a block on one line
			return end, i
		case c == '/' && i+1 < len(src) && (src[i+1] == '/' || src[i+1] == '*'):
			i = s.special(i, 1)
		case c == '(':
			i = s.code(i+1, ')', 2)
			end = i
		case c == '[' || c == '{':
			i = s.code(i+1, c+2, 2)
			end = i
		case codeClass[c] == plain:
			i++
			end = i
		default:
			i = s.special(i, 1)
			end = i
		}
	}
	return end, -1
}

// mentions visits what a text may refer to: every name of two steps or more with
// its first three, the last nil for one of two. It looks into strings and comments
// as well, so that it visits more than hcl would find, and never less. A step that
// is no name, as in x["y"], ends it.
func mentions(text []byte, visit func(a, b, c []byte)) {
	for i := 0; i < len(text); {
		if !beginsWord(text[i]) {
			i++
			continue
		}
		end := wordEnd(text, i)
		if b, bEnd := step(text, end); b < bEnd {
			c, cEnd := step(text, bEnd)
			if c < cEnd {
				visit(text[i:end], text[b:bEnd], text[c:cEnd])
			} else {
				visit(text[i:end], text[b:bEnd], nil)
			}
		}
		i = end
	}
}

func inWord(c byte) bool { return wordClass[c] != 0 || c >= utf8.RuneSelf }

func beginsWord(c byte) bool { return wordClass[c] == wordStart || c >= utf8.RuneSelf }

func wordEnd(text []byte, i int) int {
	for i < len(text) && inWord(text[i]) {
		i++
	}
	return i
}

// step is the name behind a dot that follows at i; empty when none does.
func step(text []byte, i int) (start, end int) {
	if i = gap(text, i); i == len(text) || text[i] != '.' {
		return i, i
	}
	if i = gap(text, i+1); i == len(text) || !beginsWord(text[i]) {
		return i, i
	}
	return i, wordEnd(text, i)
}

// gap steps over what may stand around a dot.
func gap(text []byte, i int) int {
	for i < len(text) {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '#' || c == '/' && i+1 < len(text) && text[i+1] == '/':
			n := bytes.IndexByte(text[i:], '\n')
			if n < 0 {
				return len(text)
			}
			i += n
		case c == '/' && i+1 < len(text) && text[i+1] == '*':
			n := bytes.Index(text[i+2:], []byte("*/"))
			if n < 0 {
				return len(text)
			}
			i += 2 + n + 2
		default:
			return i
		}
	}
	return i
}
