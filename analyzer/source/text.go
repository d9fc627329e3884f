package source

import "sort"

// Text is a decoded string that remembers where its bytes came from: the
// value of a quoted string (escapes), of an indented heredoc (indentation is
// gone), of a JSON string inside either.
type Text struct {
	String string
	Span   Span // all of the source text; zero when the text was computed
	runs   []run
}

// run is a stretch of decoded bytes with one relation to the source: byte for
// byte when the lengths are equal, else one escape sequence.
type run struct {
	at, n       int // in String
	src, srcLen int // in Span.File
}

// Literal is a text whose bytes are those of the span.
func Literal(s Span) Text { return Text{String: s.Text(), Span: s} }

// Computed is a text that stands nowhere, or only as a whole at s.
func Computed(str string, s Span) Text {
	return Text{String: str, Span: s, runs: []run{{0, len(str), s.Start, s.End - s.Start}}}
}

// A TextBuilder decodes source bytes to a Text, piece by piece.
type TextBuilder struct {
	file  *File
	buf   []byte
	runs  []run
	start int
	end   int
	any   bool
}

// NewTextBuilder starts a text of one file.
func NewTextBuilder(f *File) *TextBuilder { return &TextBuilder{file: f} }

func (b *TextBuilder) span(start, end int) {
	if !b.any {
		b.start, b.any = start, true
	}
	b.end = end
}

// Copy appends source bytes [start, end) unchanged.
func (b *TextBuilder) Copy(start, end int) {
	b.span(start, end)
	if start == end {
		return
	}
	if k := len(b.runs) - 1; k >= 0 && b.runs[k].n == b.runs[k].srcLen && b.runs[k].src+b.runs[k].srcLen == start {
		b.runs[k].n += end - start
		b.runs[k].srcLen += end - start
	} else {
		b.runs = append(b.runs, run{len(b.buf), end - start, start, end - start})
	}
	b.buf = append(b.buf, b.file.Bytes[start:end]...)
}

// Escape appends decoded, which source bytes [start, end) stand for.
func (b *TextBuilder) Escape(decoded string, start, end int) {
	b.span(start, end)
	b.runs = append(b.runs, run{len(b.buf), len(decoded), start, end - start})
	b.buf = append(b.buf, decoded...)
}

// Text returns what was built.
func (b *TextBuilder) Text() Text {
	return Text{String: string(b.buf), Span: Span{b.file, b.start, b.end}, runs: b.runs}
}

func (t Text) find(i int) (run, bool) {
	k := sort.Search(len(t.runs), func(k int) bool { return t.runs[k].at+t.runs[k].n > i })
	if k == len(t.runs) {
		return run{}, false
	}
	return t.runs[k], true
}

// SpanOf is the source of the decoded bytes [i, j). No bytes stand at a point:
// in front of what byte i comes from.
func (t Text) SpanOf(i, j int) Span {
	if t.Span.File == nil {
		return Span{}
	}
	if i == j {
		at := t.offset(i, false)
		return Span{t.Span.File, at, at}
	}
	return Span{t.Span.File, t.offset(i, false), t.offset(j, true)}
}

func (t Text) offset(i int, end bool) int {
	if t.runs == nil {
		return t.Span.Start + i
	}
	if end && i > 0 {
		r, ok := t.find(i - 1)
		switch {
		case !ok:
			return t.Span.End
		case r.n == r.srcLen:
			return r.src + i - r.at
		default:
			return r.src + r.srcLen
		}
	}
	r, ok := t.find(i)
	switch {
	case !ok:
		return t.Span.End
	case r.n == r.srcLen:
		return r.src + i - r.at
	default:
		return r.src
	}
}

// Slice is the text of the decoded bytes [i, j), still mapped.
func (t Text) Slice(i, j int) Text {
	out := Text{String: t.String[i:j], Span: t.SpanOf(i, j)}
	if t.runs == nil {
		return out
	}
	out.runs = []run{}
	for _, r := range t.runs {
		lo, hi := max(r.at, i), min(r.at+r.n, j)
		if lo >= hi {
			continue
		}
		s := run{at: lo - i, n: hi - lo, src: r.src, srcLen: r.srcLen}
		if r.n == r.srcLen {
			s.src, s.srcLen = r.src+lo-r.at, hi-lo
		}
		out.runs = append(out.runs, s)
	}
	return out
}

// Exact says that the decoded bytes are those of the source, one for one and
// without gaps.
func (t Text) Exact() bool { return t.Span.File != nil && t.Span.Text() == t.String }

// Append appends a text that is already mapped. It must be of the builder's
// file.
func (b *TextBuilder) Append(t Text) {
	if t.String == "" {
		b.span(t.Span.Start, t.Span.End)
		return
	}
	if t.runs == nil {
		b.Copy(t.Span.Start, t.Span.End)
		return
	}
	b.span(t.Span.Start, t.Span.End)
	for _, r := range t.runs {
		k := len(b.runs) - 1
		if k >= 0 && r.n == r.srcLen && b.runs[k].n == b.runs[k].srcLen && b.runs[k].src+b.runs[k].srcLen == r.src {
			b.runs[k].n += r.n
			b.runs[k].srcLen += r.n
			continue
		}
		b.runs = append(b.runs, run{len(b.buf) + r.at, r.n, r.src, r.srcLen})
	}
	b.buf = append(b.buf, t.String...)
}

// Mapped says that every piece of the text has its own place in the source, so
// that an edit of the piece's span edits that piece alone: false for a text
// that was computed and only stands at its expression as a whole.
func (t Text) Mapped() bool {
	if t.Span.File == nil {
		return false
	}
	for _, r := range t.runs {
		if r.n <= 4 && r.srcLen <= 12 {
			continue // an escape sequence, a line ending
		}
		src := Span{t.Span.File, r.src, r.src + r.srcLen}
		if r.n != r.srcLen || src.Text() != t.String[r.at:r.at+r.n] {
			return false
		}
	}
	return true
}
