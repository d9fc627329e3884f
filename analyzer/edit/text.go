package edit

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

// text is source text as its own language sees it. JSON text in a quoted
// string is seen without the escapes of that string.
type text struct {
	file *source.File
	b    []byte
	// offsets are the offsets in the file of each byte of b and of its end;
	// nil when b is the whole file.
	offsets []int
	escape  func(string) string // undoes the seeing; nil when there is nothing to undo
}

func fileText(f *source.File) *text { return &text{file: f, b: f.Bytes} }

func (t *text) edit(start, end int, s string) source.Edit {
	if t.offsets != nil {
		start, end, s = t.offsets[start], t.offsets[end], t.escape(s)
	}
	return source.Edit{Span: source.Span{File: t.file, Start: start, End: end}, New: s}
}

func (t *text) insert(at int, s string) source.Edit { return t.edit(at, at, s) }

// index is where a byte of the file is in b.
func (t *text) index(offset int) int {
	if t.offsets == nil {
		return offset
	}
	for i, o := range t.offsets {
		if o >= offset {
			return i
		}
	}
	return len(t.b)
}

// head is where the first line begins: behind a byte order mark.
func (t *text) head() int {
	if t.offsets == nil && bytes.HasPrefix(t.b, []byte(bom)) {
		return len(bom)
	}
	return 0
}

func (t *text) lineStart(i int) int { return max(bytes.LastIndexByte(t.b[:i], '\n')+1, t.head()) }

// lineEnd is the offset of the line's ending.
func (t *text) lineEnd(i int) int {
	k := bytes.IndexByte(t.b[i:], '\n')
	if k < 0 {
		return len(t.b)
	}
	if k > 0 && t.b[i+k-1] == '\r' {
		k--
	}
	return i + k
}

// nextLine is the start of the next line, or the end of the text.
func (t *text) nextLine(i int) int {
	if k := bytes.IndexByte(t.b[i:], '\n'); k >= 0 {
		return i + k + 1
	}
	return len(t.b)
}

// newline is the line ending in use around i.
func (t *text) newline(i int) string {
	k := bytes.IndexByte(t.b[i:], '\n') + i
	if k < i {
		k = bytes.LastIndexByte(t.b[:i], '\n')
	}
	if k > 0 && t.b[k-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// indent is the white space that the line of i begins with.
func (t *text) indent(i int) string {
	start := t.lineStart(i)
	end := start
	for end < len(t.b) && (t.b[end] == ' ' || t.b[end] == '\t') {
		end++
	}
	return string(t.b[start:end])
}

const bom = "\uFEFF"

// leads says that only white space and comments stand before i on its line.
func (t *text) leads(i int) bool {
	before := string(t.b[t.lineStart(i):i])
	for {
		before = strings.TrimLeft(before, " \t")
		if !strings.HasPrefix(before, "/*") {
			return before == ""
		}
		end := strings.Index(before[2:], "*/")
		if end < 0 {
			return false
		}
		before = before[end+4:]
	}
}

// blankLine says that the line that starts at i is empty or white space.
func (t *text) blankLine(i int) bool {
	return i < len(t.b) && strings.TrimSpace(string(t.b[i:t.lineEnd(i)])) == ""
}

// unit guesses one level of indentation at i from the nearest line above that
// is indented less.
func (t *text) unit(i int) string {
	own := t.indent(i)
	for at := t.lineStart(i); at > t.head(); {
		at = t.lineStart(at - 1)
		if in := t.indent(at); !t.blankLine(at) && len(in) < len(own) && strings.HasPrefix(own, in) {
			return own[len(in):]
		}
	}
	if strings.HasPrefix(own, "\t") {
		return "\t"
	}
	return "  "
}

// view sees the text of a quoted string, of HCL or of JSON, without its
// escapes. Interpolations stay as they are.
func view(s source.Span, json, template bool) (*text, error) {
	t := &text{file: s.File, escape: func(str string) string { return quotedEscape(str, json, template) }}
	b := s.File.Bytes
	for i := s.Start; i < s.End; {
		if template && (b[i] == '$' || b[i] == '%') {
			n := literalRun(b[i:s.End])
			if n == 0 {
				end, ok := skipInterpolation(b[:s.End], i)
				if !ok {
					return nil, errors.New("interpolation does not end in the string")
				}
				n = end - i
			}
			t.add(string(b[i:i+n]), i, true)
			i += n
			continue
		}
		if b[i] != '\\' {
			t.add(string(b[i:i+1]), i, true)
			i++
			continue
		}
		decoded, n := unescape(b[i:s.End], json)
		if n == 0 {
			return nil, fmt.Errorf("escape sequence in %s is not understood", s.File.Name)
		}
		t.add(decoded, i, false)
		i += n
	}
	t.offsets = append(t.offsets, s.End)
	return t, nil
}

// literalRun is the length of a $ or % at the start of b that begins no
// interpolation, with the braces that it escapes; 0 when it begins one.
func literalRun(b []byte) int {
	if len(b) >= 3 && b[1] == b[0] && b[2] == '{' {
		return 3
	}
	if len(b) >= 2 && b[1] == '{' {
		return 0
	}
	return 1
}

func (t *text) add(decoded string, at int, verbatim bool) {
	for i := range len(decoded) {
		if verbatim {
			t.offsets = append(t.offsets, at+i)
		} else {
			t.offsets = append(t.offsets, at)
		}
	}
	t.b = append(t.b, decoded...)
}

// unescape reads one escape sequence; n is 0 when it is not one.
func unescape(b []byte, json bool) (decoded string, n int) {
	if len(b) < 2 {
		return "", 0
	}
	plain := `nrt"\`
	as := "\n\r\t\"\\"
	if json {
		plain, as = `nrt"\/bf`, "\n\r\t\"\\/\b\f"
	}
	if k := strings.IndexByte(plain, b[1]); k >= 0 {
		return as[k : k+1], 2
	}
	digits := map[byte]int{'u': 4, 'U': 8}[b[1]]
	if digits == 0 || json && digits == 8 || len(b) < 2+digits {
		return "", 0
	}
	r, err := strconv.ParseUint(string(b[2:2+digits]), 16, 32)
	if err != nil || r > unicode.MaxRune || !utf8.ValidRune(rune(r)) {
		return "", 0
	}
	return string(rune(r)), 2 + digits
}

// quotedEscape writes text into a quoted string; template sequences are
// already as they should be.
func quotedEscape(s string, json, template bool) string {
	if json {
		return strings.TrimSuffix(strings.TrimPrefix(jsonQuote(s), `"`), `"`)
	}
	return hclEscape(s)
}

// skipInterpolation returns the end of the ${…} or %{…} that begins at i.
func skipInterpolation(b []byte, i int) (int, bool) {
	depth := 0
	for i++; i < len(b); i++ {
		switch b[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1, true
			}
		case '"':
			end, ok := skipTemplate(b, i)
			if !ok {
				return 0, false
			}
			i = end - 1
		}
	}
	return 0, false
}

// skipTemplate returns the end of the quoted template that begins at i.
func skipTemplate(b []byte, i int) (int, bool) {
	for i++; i < len(b); {
		switch b[i] {
		case '"':
			return i + 1, true
		case '\\':
			i += 2
		case '$', '%':
			n := literalRun(b[i:])
			if n == 0 {
				end, ok := skipInterpolation(b, i)
				if !ok {
					return 0, false
				}
				n = end - i
			}
			i += n
		default:
			i++
		}
	}
	return 0, false
}
