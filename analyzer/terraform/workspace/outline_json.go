package workspace

import (
	"bytes"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// jsonTypes are the types of the blocks that are read.
var jsonTypes = map[string]bool{
	"resource": true, "data": true, "module": true, "variable": true, "output": true, "provider": true, "locals": true,
	"terraform": true, "import": true,
}

// headingsJSON finds the blocks in a file of Terraform's JSON syntax, without
// decoding what is in them. ok is false for a file that is not all valid JSON,
// where something stands that makes no block, or of which this scan is not sure:
// then all of it has to be decoded.
func headingsJSON(src []byte) (blocks []heading, ok bool) {
	s := jsonScan{src: src}
	i := s.space(0)
	if !utf8.Valid(src) || i == len(src) || src[i] != '{' {
		return nil, false
	}
	i = s.members(i, 1, func(key span, at int) int {
		name, ok := s.word(key)
		switch {
		case !ok:
			return -1
		case !jsonTypes[name]:
			return s.value(at, 2)
		}
		return s.blocks(at, 2, jsonLabels[name], heading{typ: name, typeAt: key, header: key}, &blocks)
	})
	return blocks, i >= 0 && s.space(i) == len(src)
}

// jsonScan steps over JSON text. As those of scan, its methods return -1 when they
// are not sure.
type jsonScan struct{ src []byte }

// blocks adds the blocks that a value stands for: an object, or an array of them,
// below one level of objects (or arrays) for each label that is missing.
func (s *jsonScan) blocks(i, depth, missing int, h heading, out *[]heading) int {
	switch {
	case i == len(s.src):
		return -1
	case s.src[i] == '[':
		return s.elements(i, depth, func(at int) int { return s.blocks(at, depth+1, missing, h, out) })
	case s.src[i] == 'n':
		return s.value(i, depth) // null stands for no block
	case s.src[i] != '{':
		return -1
	case missing == 0:
		end := s.value(i, depth)
		h.whole, h.body = span{i, end}, i
		*out = append(*out, h)
		return end
	}
	return s.members(i, depth, func(key span, at int) int {
		name, ok := s.word(key)
		if !ok || name == "//" {
			return -1 // which is a label here, and no comment
		}
		inner := h
		inner.labels, inner.header = append(h.labels[:len(h.labels):len(h.labels)], name), key
		return s.blocks(at, depth+1, missing-1, inner, out)
	})
}

// word is the text of a string of which nothing has to be decoded.
func (s *jsonScan) word(quoted span) (string, bool) {
	text := s.src[quoted.start+1 : quoted.end-1]
	return string(text), bytes.IndexByte(text, '\\') < 0
}

// argumentsJSON visits the arguments of a block in the JSON syntax: all its members,
// for only who asks for nested blocks tells these apart. The spans of names have no
// quotes. It is false where the block has to be decoded.
func (h *heading) argumentsJSON(src []byte, visit func(name, value span)) bool {
	s := jsonScan{src: src[:h.whole.end]}
	return s.members(h.body, 1, func(key span, at int) int {
		name, ok := s.word(key)
		end := s.value(at, 2)
		if !ok {
			return -1
		}
		if name != "//" {
			visit(span{key.start + 1, key.end - 1}, span{at, end})
		}
		return end
	}) == h.whole.end
}

func (s *jsonScan) space(i int) int {
	for i < len(s.src) && (s.src[i] == ' ' || s.src[i] == '\n' || s.src[i] == '\t' || s.src[i] == '\r') {
		i++
	}
	return i
}

// value steps over a value.
func (s *jsonScan) value(i, depth int) int {
	if i == len(s.src) || depth > maxNesting {
		return -1
	}
	switch c := s.src[i]; c {
	case '{':
		return s.members(i, depth, func(_ span, at int) int { return s.value(at, depth+1) })
	case '[':
		return s.elements(i, depth, func(at int) int { return s.value(at, depth+1) })
	case '"':
		return s.text(i)
	case 't':
		return s.literal(i, "true")
	case 'f':
		return s.literal(i, "false")
	case 'n':
		return s.literal(i, "null")
	default:
		return s.number(i)
	}
}

// members steps over an object; visit over the value of each of its members.
func (s *jsonScan) members(i, depth int, visit func(key span, at int) int) int {
	if i = s.space(i + 1); i < len(s.src) && s.src[i] == '}' {
		return i + 1
	}
	for depth <= maxNesting {
		key := span{start: i, end: s.text(i)}
		if key.end < 0 {
			return -1
		}
		if i = s.space(key.end); i == len(s.src) || s.src[i] != ':' {
			return -1
		}
		if i = visit(key, s.space(i+1)); i < 0 {
			return -1
		}
		switch i = s.space(i); {
		case i == len(s.src):
			return -1
		case s.src[i] == '}':
			return i + 1
		case s.src[i] != ',':
			return -1
		}
		i = s.space(i + 1)
	}
	return -1
}

// elements steps over an array; visit over each of its elements.
func (s *jsonScan) elements(i, depth int, visit func(at int) int) int {
	if i = s.space(i + 1); i < len(s.src) && s.src[i] == ']' {
		return i + 1
	}
	for depth <= maxNesting {
		if i = visit(i); i < 0 {
			return -1
		}
		switch i = s.space(i); {
		case i == len(s.src):
			return -1
		case s.src[i] == ']':
			return i + 1
		case s.src[i] != ',':
			return -1
		}
		i = s.space(i + 1)
	}
	return -1
}

// text steps over a string.
func (s *jsonScan) text(i int) int {
	src := s.src
	if i >= len(src) || src[i] != '"' {
		return -1
	}
	for i++; i < len(src); i++ {
		switch c := src[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			i++
			if i == len(src) {
				return -1
			}
			switch src[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					if i++; i == len(src) || !isHex(src[i]) {
						return -1
					}
				}
			default:
				return -1
			}
		}
	}
	return -1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func (s *jsonScan) literal(i int, word string) int {
	if !bytes.HasPrefix(s.src[i:], []byte(word)) {
		return -1
	}
	return i + len(word)
}

func (s *jsonScan) number(i int) int {
	src := s.src
	digits := func() bool {
		start := i
		for i < len(src) && '0' <= src[i] && src[i] <= '9' {
			i++
		}
		return i > start
	}
	if src[i] == '-' {
		i++
	}
	if i < len(src) && src[i] == '0' {
		i++
	} else if !digits() {
		return -1
	}
	if i < len(src) && src[i] == '.' {
		if i++; !digits() {
			return -1
		}
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		if i++; i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		if !digits() {
			return -1
		}
	}
	return i
}

// decodeBlock is the body of a block in the JSON syntax.
func decodeBlock(typ string, at source.Span) (Body, []source.Gap) {
	tree, gap := decodeJSON(at)
	if gap != nil { // not of what headingsJSON was sure of
		return Body{Syntax: value.SyntaxTFJSON}, []source.Gap{*gap}
	}
	var gaps []source.Gap
	if _, ok := jsonLabels[typ]; ok {
		gaps = misplaced(typ, tree, 0) // its labels are above it
	}
	return jsonBody(tree), gaps
}
