package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

const (
	tabStop = 4
	// longExcerpt is how many lines of a range are shown before its middle is
	// left out.
	longExcerpt = 6
)

// cell is what a terminal shows of one character, or of several that share a
// place.
type cell struct {
	text   string
	width  int
	marked bool
}

// near is as much of a line around what is marked as any of it can be shown of in
// limit columns: a file can be one line, which is not walked through for each finding.
func near(line, mark source.Span, limit int) source.Span {
	room := 64 * limit // characters have four bytes, and others may stand above them
	cut := func(at int) int {
		for at > line.Start && !utf8.RuneStart(line.File.Bytes[at]) {
			at--
		}
		return at
	}
	marked := line.Start
	if line.Start < mark.Start && mark.Start < line.End {
		marked = mark.Start
	}
	if marked+room < line.End {
		line.End = cut(marked + room)
	}
	if marked-room > line.Start {
		line.Start = cut(marked - room)
	}
	return line
}

// cells is a line of source with what of it lies in mark.
func cells(line, mark source.Span) []cell {
	var out []cell
	column := 0
	text := line.Text()
	if line.Start == 0 {
		text = strings.TrimPrefix(text, "\ufeff")
	}
	offset := line.End - len(text)
	blank := true // so far: indentation is never marked
	for i, r := range text {
		blank = blank && (r == ' ' || r == '\t')
		at := offset + i
		c := cell{text: string(r), width: runeWidth(r), marked: at >= mark.Start && at < mark.End && !blank}
		switch {
		case r == '\t':
			c.width = tabStop - column%tabStop
			c.text = strings.Repeat(" ", c.width)
		case unsafeRune(r):
			c.text, c.width = "\ufffd", 1
		}
		column += c.width
		if c.width == 0 && len(out) > 0 {
			out[len(out)-1].text += c.text
			continue
		}
		out = append(out, c)
	}
	for len(out) > 0 && !out[len(out)-1].marked && strings.TrimSpace(out[len(out)-1].text) == "" {
		out = out[:len(out)-1]
	}
	return out
}

// cropped is as much of a line as fits in limit columns, from a little before
// what is marked.
func cropped(line []cell, limit int) []cell {
	total, before := 0, 0
	found := false
	for _, c := range line {
		if c.marked {
			found = true
		}
		if !found {
			before += c.width
		}
		total += c.width
	}
	if total <= limit {
		return line
	}
	skip := 0
	if found {
		skip = min(max(0, before-limit/4), total-limit)
	}
	more := cell{text: "…", width: 1}
	var out []cell
	column, used := 0, 1
	if skip > 0 {
		out, used = append(out, more), 2
	}
	for _, c := range line {
		column += c.width
		if column <= skip {
			continue
		}
		if used+c.width > limit {
			return append(out, more)
		}
		out = append(out, c)
		used += c.width
	}
	return out
}

// excerpt is the source around a range, with the range underlined: the line of
// the header that it belongs to, when that stands above it, and its own lines.
func (t *printer) excerpt(at, header source.Span, colour string) {
	f := at.File
	if at.Start == at.End {
		at = f.LineSpan(f.Line(at.Start))
	}
	first := f.Line(at.Start)
	last := max(first, f.Line(max(at.Start, at.End-1)))
	var lines []int
	if h := 0; header.File != nil && header.File.Name == f.Name {
		if h = header.StartPos().Line; h < first {
			lines = append(lines, h)
			if h+2 == first {
				lines = append(lines, h+1)
			}
		}
	}
	for n := first; n <= last; n++ {
		if last-first < longExcerpt || n < first+longExcerpt/2 || n > last-longExcerpt/3 {
			lines = append(lines, n)
		}
	}
	gutter := len(itoa(last))
	room := max(20, t.width-gutter-5)
	edge := func(label string) string { return t.in(blue, fmt.Sprintf("  %*s |", gutter, label)) }
	for i, n := range lines {
		if i > 0 && n != lines[i-1]+1 {
			t.line(t.in(blue, fmt.Sprintf("  %*s", gutter, strings.Repeat(".", min(3, gutter+2)))))
		}
		row := cropped(cells(near(f.LineSpan(n), at, room), at), room)
		text, under := "", ""
		for _, c := range row {
			text += c.text
			if c.marked {
				under += strings.Repeat("^", c.width)
			} else {
				under += strings.Repeat(" ", c.width)
			}
		}
		t.line(strings.TrimRight(edge(itoa(n))+" "+text, " "))
		if under = strings.TrimRight(under, " "); n >= first && under != "" {
			blanks := len(under) - len(strings.TrimLeft(under, " "))
			t.line(edge("") + " " + under[:blanks] + t.in(colour, under[blanks:]))
		}
	}
}
