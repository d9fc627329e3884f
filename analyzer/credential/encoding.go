package credential

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

func newByteReader(b []byte) io.Reader { return bytes.NewReader(b) }

// encodedHeader is "user,arn," in base64: a report that was saved with
// --query Content --output text.
const encodedHeader = "dXNlcixhcm4s"

// Unzipped is what r reads, without gzip where it is compressed.
func Unzipped(r io.Reader) (src *bufio.Reader, zipped bool, err error) {
	src = bufio.NewReaderSize(r, 64<<10)
	if head, err := src.Peek(2); err != nil || head[0] != 0x1f || head[1] != 0x8b {
		return src, false, nil
	}
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, true, err
	}
	return bufio.NewReaderSize(z, 64<<10), true, nil
}

// decoded is the CSV in what r reads, and whether the bytes of the file are
// others: base64, or compressed.
func decoded(file io.Reader) (csv *bufio.Reader, encoded bool, err error) {
	r, zipped, err := Unzipped(file)
	if err != nil {
		return nil, false, err
	}
	head, err := r.Peek(len(encodedHeader))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	switch text := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n"); {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return nil, false, errors.New("the file is UTF-16, as PowerShell writes what is sent to a file: save it as UTF-8")
	case strings.HasPrefix(text, "{"):
		content, err := jsonContent(r)
		if err != nil {
			return nil, false, err
		}
		return bufio.NewReaderSize(base64.NewDecoder(base64.StdEncoding, content), 64<<10), true, nil
	case text == encodedHeader:
		return bufio.NewReaderSize(base64.NewDecoder(base64.StdEncoding, r), 64<<10), true, nil
	}
	return r, zipped, nil
}

// jsonContent finds the member Content of the object that r begins with, and
// reads its string. encoding/json would hold all of it in memory.
func jsonContent(r *bufio.Reader) (io.Reader, error) {
	s := &jsonScanner{r: r}
	if b := s.byte(); b == 0xEF { // a byte order mark
		s.byte()
		s.byte()
	} else {
		s.unread()
	}
	if s.token() != '{' {
		return nil, s.broken()
	}
	for {
		switch s.token() {
		case '"':
		case ',':
			continue
		case '}':
			return nil, fmt.Errorf(`%w: it is JSON without the member "Content" of aws iam get-credential-report`, ErrNotReport)
		default:
			return nil, s.broken()
		}
		key := s.text()
		if s.token() != ':' {
			return nil, s.broken()
		}
		first := s.token()
		if key == "Content" && first == '"' {
			return &jsonString{s: s}, s.err
		}
		if s.skip(first); s.err != nil {
			return nil, s.broken()
		}
	}
}

// jsonScanner reads as much of JSON as it takes to find one member.
type jsonScanner struct {
	r   *bufio.Reader
	err error
}

func (s *jsonScanner) broken() error {
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return s.err
	}
	return errors.New("it is not the JSON that aws iam get-credential-report prints, or not all of it")
}

func (s *jsonScanner) byte() byte {
	if s.err != nil {
		return 0
	}
	b, err := s.r.ReadByte()
	s.err = err
	return b
}

func (s *jsonScanner) unread() {
	if s.err == nil {
		s.err = s.r.UnreadByte()
	}
}

// token is the next byte that is not white space.
func (s *jsonScanner) token() byte {
	for {
		b := s.byte()
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b
		}
	}
}

// text is the string whose first quote is read, cut at a length that no name of
// a member has.
func (s *jsonScanner) text() string {
	var out []byte
	for {
		b, end := s.char()
		if end || s.err != nil {
			return string(out)
		}
		if len(out) < 64 {
			out = append(out, b)
		}
	}
}

// char is the next byte of a string; what is not ASCII comes as it stands, or
// as ? when it is escaped.
func (s *jsonScanner) char() (b byte, end bool) {
	b = s.byte()
	if b == '"' {
		return 0, true
	}
	if b != '\\' {
		return b, false
	}
	switch b = s.byte(); b {
	case 'n':
		return '\n', false
	case 't':
		return '\t', false
	case 'r':
		return '\r', false
	case 'b', 'f':
		return ' ', false
	case 'u':
		var n int
		for range 4 {
			digit := strings.IndexByte("0123456789abcdef", s.byte()|0x20)
			if digit < 0 && s.err == nil {
				s.err = errors.New(`an escape \u in the JSON is not one`)
			}
			n = n<<4 | max(digit, 0)
		}
		if n > 0x7e {
			return '?', false
		}
		return byte(n), false
	}
	return b, false
}

// skip passes over the value that begins with first.
func (s *jsonScanner) skip(first byte) {
	depth := 0
	for b := first; s.err == nil; b = s.token() {
		switch b {
		case '"':
			s.text()
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',', ':':
		default: // a number or a word
			for s.err == nil && !strings.ContainsRune(",}]: \t\r\n", rune(b)) {
				b = s.byte()
			}
			s.unread()
		}
		if depth == 0 {
			return
		}
		if depth < 0 {
			s.err = fmt.Errorf("it is not JSON: %q closes nothing", b)
		}
	}
}

// jsonString reads the rest of a string.
type jsonString struct {
	s    *jsonScanner
	done bool
}

func (j *jsonString) Read(p []byte) (int, error) {
	if j.done {
		return 0, io.EOF
	}
	for n := range p {
		b, end := j.s.char()
		if j.s.err != nil {
			return n, fmt.Errorf("the JSON ends within Content: %w", io.ErrUnexpectedEOF)
		}
		if end {
			j.done = true
			return n, io.EOF
		}
		p[n] = b
	}
	return len(p), nil
}
