package value

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

// str reads a string. Its parts keep their place in the source, one part for
// each stretch of one part of the text.
func (d *jsonDecoder) str() (*Value, error) {
	open := d.at
	d.next()
	n := &Value{Kind: String}
	var b *stringPart
	flush := func() {
		if b != nil && b.text() != "" {
			n.Parts = append(n.Parts, Part{Text: b.done()})
		}
		b = nil
	}
	for {
		if b != nil && b.part != d.at.part {
			flush()
		}
		switch c := d.peek(); {
		case d.end():
			return nil, d.failAt(open, "string without a closing quote")
		case d.hole() != nil:
			flush()
			n.Parts = append(n.Parts, Part{Hole: d.hole()})
			d.next()
		case c == '"':
			flush()
			d.next()
			return d.finish(n, open), nil
		case c == '\\':
			if b == nil {
				b = newStringPart(d, d.at.part)
			}
			start := d.at
			decoded, err := d.escape()
			if err != nil {
				return nil, err
			}
			b.escape(decoded, d.spanFrom(start))
		case c < 0x20:
			return nil, d.fail("%s in a string", d.found())
		default:
			if b == nil {
				b = newStringPart(d, d.at.part)
			}
			text := b.source.String
			from := d.at.offset
			to := from
			for to < len(text) && text[to] != '"' && text[to] != '\\' && text[to] >= 0x20 {
				to++
			}
			b.append(b.source.Slice(from, to))
			d.at.offset = to
			d.normalize()
		}
	}
}

// stringPart collects the decoded text of a JSON string within one part.
type stringPart struct {
	part    int
	source  source.Text
	builder *source.TextBuilder // nil when the text stands nowhere
	plain   []byte
}

func newStringPart(d *jsonDecoder, part int) *stringPart {
	p := &stringPart{part: part, source: d.v.Parts[part].Text}
	if f := p.source.Span.File; f != nil {
		p.builder = source.NewTextBuilder(f)
	}
	return p
}

func (p *stringPart) append(t source.Text) {
	p.plain = append(p.plain, t.String...)
	if p.builder != nil {
		p.builder.Append(t)
	}
}

func (p *stringPart) escape(decoded string, at source.Span) {
	p.plain = append(p.plain, decoded...)
	if p.builder != nil {
		p.builder.Escape(decoded, at.Start, at.End)
	}
}

func (p *stringPart) text() string { return string(p.plain) }

func (p *stringPart) done() source.Text {
	if p.builder == nil {
		return source.Computed(p.text(), source.Span{})
	}
	return p.builder.Text()
}

// escape reads an escape sequence.
func (d *jsonDecoder) escape() (string, error) {
	start := d.at
	d.next()
	c := d.peek()
	if d.end() {
		return "", d.failAt(start, "string without a closing quote")
	}
	if c != 'u' {
		decoded, ok := jsonEscapes[c]
		if !ok {
			return "", d.failAt(start, "invalid escape sequence in a string")
		}
		d.next()
		return decoded, nil
	}
	r, ok := d.hex()
	if !ok {
		return "", d.failAt(start, "invalid \\u escape in a string: four hexadecimal digits expected")
	}
	if utf16.IsSurrogate(r) {
		save := d.at
		if d.peek() == '\\' {
			if d.next(); d.peek() == 'u' {
				if low, ok := d.hex(); ok {
					if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
						return string(full), nil
					}
				}
			}
		}
		d.at = save
		r = utf8.RuneError
	}
	return string(r), nil
}

var jsonEscapes = map[byte]string{'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t"}

// hex reads u and four hexadecimal digits.
func (d *jsonDecoder) hex() (rune, bool) {
	d.next()
	var r rune
	for range 4 {
		c := d.peek()
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 + rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 + rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 + rune(c-'A'+10)
		default:
			return 0, false
		}
		d.next()
	}
	return r, true
}
