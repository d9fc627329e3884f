package sarif

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer/source"
)

const (
	maxSnippet = 4 << 10 // bytes; a policy on one line can be as long as it likes
	bom        = "\ufeff"
)

// region is the region of a span, columns in UTF-16 code units. All four
// coordinates are always set: GitHub requires them.
func region(s source.Span) *sarif.Region {
	start, end := s.StartPos(), s.EndPos()
	return &sarif.Region{StartLine: &start.Line, StartColumn: &start.Column, EndLine: &end.Line, EndColumn: &end.Column}
}

// visible is s, or something around it that can be shown when s is empty.
func visible(s source.Span) source.Span {
	if s.Start < s.End {
		return s
	}
	line := s.File.LineSpan(s.File.Line(s.Start))
	line.Start = min(max(line.Start, firstNonBlank(s.File, line.Start)), line.End)
	return line
}

func snippet(s source.Span) *sarif.ArtifactContent {
	if s.End-s.Start > maxSnippet || s.End == s.Start {
		return nil
	}
	return &sarif.ArtifactContent{Text: ptr(s.Text())}
}

// contextRegion is the lines of the span and one more on either side; nil when
// that is not more than the span.
func contextRegion(s source.Span) *sarif.Region {
	f := s.File
	first, last := max(1, f.Line(s.Start)-1), min(f.Lines(), f.Line(s.End)+1)
	around := f.LineSpan(first).To(f.LineSpan(last))
	if around.Start == 0 && bytes.HasPrefix(f.Bytes, []byte(bom)) {
		around.Start = min(len(bom), s.Start)
	}
	if !around.Contains(s) || around == s || around.End-around.Start > 2*maxSnippet {
		return nil
	}
	r := region(around)
	r.Snippet = snippet(around)
	return r
}

// replacement is one change of a file: New in place of the bytes of Span.
type replacement struct {
	Span source.Span
	New  string
}

// canonical is the edits of one file as one replacement that every consumer
// applies to the same effect. They differ where the standard does not:
//
//   - VS Code moves a start inside a line's indentation to the first character
//     that is not blank, so no region starts there; whole lines are inserted
//     and deleted from the end of the line before them;
//   - reviewdog counts columns in bytes, so a region with anything but ASCII in
//     front of an end, in its line, has that end moved out of the way;
//   - columns of the first line depend on whether a byte order mark counts.
//
// ok is false when there is no such form, or nothing to change.
func canonical(f *source.File, edits []source.Edit) (r replacement, ok bool) {
	r, ok = hull(f, edits)
	if !ok || !characterOf(f).plain {
		return replacement{}, false
	}
	r = r.trimmed()
	if r.Span.Start == r.Span.End && r.New == "" {
		return replacement{}, false
	}
	if r, ok = r.slid().outOfIndentation().widened(); !ok {
		return replacement{}, false
	}
	first, last := f.Line(r.Span.Start), f.Line(r.Span.End)
	switch {
	case last > f.Lines(), r.Span.Start < firstNonBlank(f, r.Span.Start), !utf8.ValidString(r.New),
		first == 1 && bytes.HasPrefix(f.Bytes, []byte(bom)):
		return replacement{}, false
	}
	return r, true
}

// character is what matters of the bytes of a file as a whole.
type character struct {
	plain bool // UTF-8 without a carriage return alone
	ascii bool
}

type characterKey struct{}

func characterOf(f *source.File) character {
	return source.Derived(f, characterKey{}, func() character {
		return character{utf8.Valid(f.Bytes) && !loneCR(f.Bytes), !bytes.ContainsFunc(f.Bytes, func(r rune) bool { return r >= utf8.RuneSelf })}
	})
}

// hull is the edits as one replacement of everything from the first to the last.
func hull(f *source.File, edits []source.Edit) (replacement, bool) {
	if len(edits) == 0 {
		return replacement{}, false
	}
	start, end := len(f.Bytes), 0
	for _, e := range edits {
		start, end = min(start, e.Span.Start), max(end, e.Span.End)
	}
	if start < 0 || start > end || end > len(f.Bytes) {
		return replacement{}, false
	}
	if inCRLF(f.Bytes, start) {
		start--
	}
	if inCRLF(f.Bytes, end) {
		end++
	}
	// All that is changed lies between them: a fix costs what it changes, and not the file.
	piece := source.NewFile(f.Name, f.Bytes[start:end])
	own := make([]source.Edit, 0, len(edits))
	for _, e := range edits { // their file may be another: the same text may have been read twice
		own = append(own, source.Edit{Span: source.Span{File: piece, Start: e.Span.Start - start, End: e.Span.End - start}, New: e.New})
	}
	changed, err := source.Apply(piece, own)
	if err != nil || bytes.Equal(changed, piece.Bytes) {
		return replacement{}, false
	}
	return replacement{source.Span{File: f, Start: start, End: end}, string(changed)}, true
}

// trimmed leaves out what stays the same: all of it when that makes a pure
// insertion or deletion, else whole lines and indentation, so that words are
// replaced as words.
func (r replacement) trimmed() replacement {
	old, text := r.Span.Text(), r.New
	front := commonPrefix(old, text)
	back := commonSuffix(old[front:], text[front:])
	if front+back != len(old) && front+back != len(text) {
		front = wholePrefix(old[:front])
		back = wholeSuffix(old, commonSuffix(old[front:], text[front:]))
	}
	r.Span.Start += front
	r.Span.End -= back
	r.New = text[front : len(text)-back]
	return r
}

// commonPrefix is a length at which both texts are cut between characters, and
// not inside a CRLF.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	if n > 0 && a[n-1] == '\r' {
		n--
	}
	return n
}

func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	if n > 0 && a[len(a)-n] == '\n' && (n < len(a) && a[len(a)-n-1] == '\r' || n < len(b) && b[len(b)-n-1] == '\r') {
		n-- // one of the two ends in CRLF, the other in LF: the ending changes
	}
	return n
}

// wholePrefix is how much of s is whole lines and the blanks that follow.
func wholePrefix(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			n = i + 1
		}
	}
	for n < len(s) && (s[n] == ' ' || s[n] == '\t') {
		n++
	}
	return n
}

// wholeSuffix is how much of the last n bytes of s starts with a line ending.
func wholeSuffix(s string, n int) int {
	for i := len(s) - n; i < len(s); i++ {
		if s[i] == '\n' || s[i] == '\r' {
			return len(s) - i
		}
	}
	return 0
}

// slid is the same insertion or deletion of whole lines from the end of the
// line before on, where it begins at the start of a line.
func (r replacement) slid() replacement {
	f, moved := r.Span.File, r.New
	if r.Span.Start < r.Span.End {
		if r.New != "" {
			return r
		}
		moved = r.Span.Text()
	}
	line := f.Line(r.Span.Start)
	if line == 1 || r.Span.Start > firstNonBlank(f, r.Span.Start) {
		return r
	}
	front := string(f.Bytes[f.LineSpan(line-1).End:r.Span.Start]) // line ending and indentation
	rest, ok := strings.CutSuffix(moved, front)
	if !ok || strings.HasSuffix(rest, "\r") { // the line ends in LF, what moves in CRLF
		return r
	}
	if r.New != "" {
		r.New = front + rest
	}
	r.Span.Start -= len(front)
	r.Span.End -= len(front)
	return r
}

// outOfIndentation is the same change from the end of the line before on, when
// it would start in the indentation of a line.
func (r replacement) outOfIndentation() replacement {
	f := r.Span.File
	line := f.Line(r.Span.Start)
	if r.Span.Start >= firstNonBlank(f, r.Span.Start) || line == 1 {
		return r
	}
	start := f.LineSpan(line - 1).End
	r.New = string(f.Bytes[start:r.Span.Start]) + r.New
	r.Span.Start = start
	return r
}

// widened is r with either end that has more than ASCII in front of it, in its
// line, moved out: the start to the first character that is not blank, the end
// to the start of the next line. ok is false when that is not enough: the last
// line has no next one.
func (r replacement) widened() (wide replacement, ok bool) {
	f := r.Span.File
	start, end := r.Span.Start, r.Span.End
	if !asciiBefore(f, start) {
		start = min(firstNonBlank(f, start), start)
	}
	if !asciiBefore(f, end) {
		last := f.Line(end)
		if last >= f.Lines() {
			return r, false
		}
		end = f.LineSpan(last + 1).Start
	}
	r.New = string(f.Bytes[start:r.Span.Start]) + r.New + string(f.Bytes[r.Span.End:end])
	r.Span.Start, r.Span.End = start, end
	return r, asciiBefore(f, start)
}

// asciiBefore says that nothing in front of offset, in its line, takes more
// than one byte.
func asciiBefore(f *source.File, offset int) bool {
	if characterOf(f).ascii {
		return true
	}
	for i := f.LineSpan(f.Line(offset)).Start; i < offset; i++ {
		if f.Bytes[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// firstNonBlank is the offset of the first character that is not white space
// in the line of the byte at offset, or of the end of that line.
func firstNonBlank(f *source.File, offset int) int {
	line := f.LineSpan(f.Line(offset))
	text := line.Text()
	for i, r := range text {
		if !unicode.IsSpace(r) && string(r) != bom {
			return line.Start + i
		}
	}
	return line.End
}

// inCRLF says that offset lies between the bytes of a CRLF.
func inCRLF(b []byte, offset int) bool {
	return offset > 0 && offset < len(b) && b[offset-1] == '\r' && b[offset] == '\n'
}

// loneCR says that there is a carriage return without a line feed, which some
// consumers take for the end of a line and others do not.
func loneCR(b []byte) bool {
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			return true
		}
	}
	return false
}
