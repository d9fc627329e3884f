package workspace

import (
	"bytes"
	"path"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// pending is what is known of a block that was found in the text of its file: enough
// to parse it when somebody asks for its body.
type pending struct {
	file *ParsedFile
	// As in a heading. There are many of these, and most stay as they are: they are
	// kept small.
	line, column, body int32

	mu      sync.Mutex         // not a Once: what panics is not done, and the next who asks is to meet that too
	held    *Body              // nil before it is parsed, and when it was let go
	content weak.Pointer[Body] // of what was let go, as long as somebody else holds it
	done    atomic.Bool
	gaps    []source.Gap
}

// outlined is a file whose blocks are parsed one by one, when somebody asks.
// Where one of them has an error, broken is set.
func outlined(f *source.File, found []heading, syntax value.Syntax, broken *atomic.Bool) *ParsedFile {
	p := &ParsedFile{File: f, Body: Body{Syntax: syntax}, broken: broken}
	blocks, rest := make([]Block, len(found)), make([]pending, len(found))
	p.Body.Blocks = make([]*Block, len(found))
	for i := range found {
		h := &found[i]
		u := &rest[i]
		u.file, u.line, u.column, u.body = p, int32(h.line), int32(h.column), int32(h.body)
		blocks[i] = Block{
			Type: h.typ, Labels: h.labels, TypeSpan: h.typeAt.in(f), Header: h.header.in(f), Span: h.whole.in(f), pending: u,
		}
		p.Body.Blocks[i] = &blocks[i]
	}
	return p
}

// parse is the body of b, the block that u is of. Several may ask at one time.
func (u *pending) parse(b *Block) *Body {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.held != nil {
		return u.held
	}
	if u.held = u.content.Value(); u.held != nil {
		return u.held
	}
	content := &Body{}
	var gaps []source.Gap
	if u.file.Body.Syntax == value.SyntaxTFJSON {
		*content, gaps = decodeBlock(b.Type, b.Span)
	} else {
		*content, gaps = parseBlock(b.heading(), b.Span)
	}
	u.held, u.content = content, weak.Make(content)
	if !u.done.Load() { // the same ones each time
		if u.gaps = gaps; len(gaps) > 0 {
			u.file.broken.Store(true)
		}
		u.done.Store(true)
	}
	return content
}

// LetGo lets go of what the blocks of a file were parsed to, and of who refers to what in
// its module: who is done with the only root that reads it needs neither any more. What
// is asked for again is worked out again.
func (b *Boundary) LetGo(f *source.File) {
	b.forgetUses(path.Dir(f.Name))
	for _, block := range b.Parse(f).Body.Blocks {
		if u := block.pending; u != nil {
			u.mu.Lock()
			u.held = nil
			u.mu.Unlock()
		}
	}
	f.Forget()
}

// heading is what was found of an unread block.
func (b *Block) heading() *heading {
	return &heading{
		typ: b.Type, labels: b.Labels, line: int(b.pending.line), column: int(b.pending.column), body: int(b.pending.body),
		whole: span{b.Span.Start, b.Span.End},
	}
}

// parseBlock parses one block of a file in the native syntax. Its expressions count
// in its own text: that of the whole file is not kept a second time.
func parseBlock(h *heading, at source.Span) (Body, []source.Gap) {
	f, text := at.File, source.Literal(at)
	if at, reason := TooDeep(h.whole.of(f.Bytes)); reason != "" {
		at += h.whole.start
		return Body{Syntax: value.SyntaxBlock}, []source.Gap{{Kind: source.ErrorGap, Span: source.Span{File: f, Start: at, End: at}, Reason: reason}}
	}
	parsed, diags := h.parse(f.Bytes, f.Name, 0)
	gaps := SyntaxGaps(diags, text)
	if parsed == nil || parsed.Body == nil {
		return Body{Syntax: value.SyntaxBlock}, gaps
	}
	return nativeBody(parsed.Body, text), gaps
}

// syntaxGaps are the errors in those blocks of the file that somebody has asked for,
// without those that were taken over from another text.
func (p *ParsedFile) syntaxGaps() (gaps []source.Gap) {
	for _, b := range p.Body.Blocks {
		if b.pending != nil && b.Span.File == p.File && b.pending.done.Load() {
			gaps = append(gaps, b.pending.gaps...)
		}
	}
	return gaps
}

// Lacks says that a word does not occur in a block that has not been parsed: it has
// no argument and no nested block of that name, and need not be parsed to know.
func (b *Block) Lacks(word string) bool {
	u := b.pending
	if u == nil || u.done.Load() {
		return false // asking the body is as cheap
	}
	text := u.file.File.Bytes[u.body:b.Span.End]
	if u.file.Body.Syntax == value.SyntaxTFJSON && bytes.IndexByte(text, '\\') >= 0 {
		return false // the name may be written otherwise
	}
	for {
		at := bytes.Index(text, []byte(word))
		if at < 0 {
			return true
		}
		end := at + len(word)
		if (at == 0 || !inWord(text[at-1])) && (end == len(text) || !inWord(text[end])) {
			return false
		}
		text = text[at+1:]
	}
}

// LiteralString is the text of an argument that is written as a string literal; ok
// is false for any other, and for none.
func (b *Block) LiteralString(name string) (text string, ok bool) {
	if v, sure := b.argument(name); sure {
		if v == nil {
			return "", false
		}
		if text, ok := plainString(v.of(b.Span.File.Bytes)); ok {
			return text, true
		}
	}
	return b.Expr(name).LiteralString()
}

// Has says that the block has an argument of a name.
func (b *Block) Has(name string) bool {
	if v, sure := b.argument(name); sure {
		return v != nil
	}
	return b.Attr(name) != nil
}

// Filled says that an argument is surely no null and nothing empty, as far as that
// shows without parsing the block: it is a number, true, false, or a string, list or
// object with something in it.
func (b *Block) Filled(name string) bool {
	v, sure := b.argument(name)
	return sure && v != nil && filled(v.of(b.Span.File.Bytes))
}

func filled(v []byte) bool {
	if text, ok := plainString(v); ok {
		return text != ""
	}
	if len(v) > 0 && (v[0] == '[' || v[0] == '{') {
		inner := bytes.TrimLeft(v[1:], " \t\r\n")
		return len(inner) > 0 && (inner[0] == '"' || '0' <= inner[0] && inner[0] <= '9')
	}
	for _, c := range v {
		if c < '0' || '9' < c {
			return string(v) == "true" || string(v) == "false"
		}
	}
	return len(v) > 0
}

// argument finds the value of an argument of a block that has not been parsed; nil when it has
// none. sure is false where the body has to be asked.
func (b *Block) argument(name string) (value *span, sure bool) {
	if b.Lacks(name) {
		return nil, true
	}
	if b.pending == nil || b.pending.done.Load() {
		return nil, false
	}
	src := b.Span.File.Bytes
	sure = b.arguments(func(at, v span) {
		if value == nil && string(at.of(src)) == name {
			value = &v
		}
	})
	return value, sure
}

// arguments visits the arguments that stand directly in a block that has not been
// parsed, with their names as they are written. It is false where the body has to
// be asked.
func (b *Block) arguments(visit func(name, value span)) bool {
	if b.pending.file.Body.Syntax == value.SyntaxTFJSON {
		return b.heading().argumentsJSON(b.Span.File.Bytes, visit)
	}
	return b.heading().arguments(b.Span.File.Bytes, visit)
}
