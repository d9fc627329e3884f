package source

import (
	"bytes"
	"fmt"
	"strings"
)

// UnifiedDiff is the edits as a patch that git apply takes, with so many
// lines of context; "" when they change nothing or cannot be applied. Hunks
// come from the edits, not from comparing texts, so a large file costs no more
// than a small one. Lines keep their endings.
func UnifiedDiff(f *File, edits []Edit, context int) string {
	edits, err := ordered(f, edits)
	if err != nil {
		return ""
	}
	lines := fileLines{f, f.Lines()}
	if len(f.Bytes) == 0 {
		lines.count = 0
	}
	changes := f.changes(lines, edits)
	if len(changes) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", diffPath("a/"+f.Name), diffPath("b/"+f.Name))
	shift := 0
	for i := 0; i < len(changes); {
		j := i + 1
		for j < len(changes) && changes[j].start-changes[j-1].end <= 2*context {
			j++
		}
		shift += writeHunk(&b, lines, changes[i:j], context, shift)
		i = j
	}
	return b.String()
}

// change replaces the lines [start, end), counted from 0.
type change struct {
	start, end int
	new        [][]byte
}

// fileLines are the lines of a file with their endings, counted from 0. They are
// cut out as they are asked for: a diff shows few of them.
type fileLines struct {
	file  *File
	count int
}

// offset is that of the first byte of a line, and the end of the file after the last.
func (l fileLines) offset(line int) int {
	if line < l.count {
		return l.file.index()[line]
	}
	return len(l.file.Bytes)
}

func (l fileLines) at(line int) []byte { return l.file.Bytes[l.offset(line):l.offset(line+1)] }

func (l fileLines) slice(start, end int) [][]byte {
	out := make([][]byte, 0, end-start)
	for i := start; i < end; i++ {
		out = append(out, l.at(i))
	}
	return out
}

func splitLines(b []byte) [][]byte {
	lines := bytes.SplitAfter(b, []byte("\n"))
	if n := len(lines); len(lines[n-1]) == 0 {
		lines = lines[:n-1]
	}
	return lines
}

// changes turns ordered edits to whole lines, without the lines at either end
// that stay the same.
func (f *File) changes(lines fileLines, edits []Edit) []change {
	var out []change
	for i := 0; i < len(edits); {
		first, last := f.lineRange(edits[i].Span, lines.count)
		j := i + 1
		for ; j < len(edits); j++ {
			a, b := f.lineRange(edits[j].Span, lines.count)
			if a >= last {
				break
			}
			last = max(last, b)
		}
		var text []byte
		at := lines.offset(first)
		for _, e := range edits[i:j] {
			text = append(text, f.Bytes[at:e.Span.Start]...)
			text = append(text, e.New...)
			at = e.Span.End
		}
		text = append(text, f.Bytes[at:lines.offset(last)]...)
		if c, ok := trimChange(lines, change{first, last, splitLines(text)}); ok {
			if n := len(out); n > 0 && out[n-1].end == c.start { // as diffs show it: what goes, then what comes
				out[n-1].end = c.end
				out[n-1].new = append(out[n-1].new, c.new...)
			} else {
				out = append(out, c)
			}
		}
		i = j
	}
	return out
}

// lineRange is the lines that an edit of the span makes anew: those it
// touches, and the one that follows when the span ends at its start, since
// what is inserted may not end in a newline.
func (f *File) lineRange(s Span, lines int) (first, last int) {
	first = min(f.Line(s.Start)-1, lines)
	last = min(f.Line(s.End), lines)
	if first == lines && first > 0 && !bytes.HasSuffix(f.Bytes, []byte("\n")) {
		first-- // at the end of a last line without a newline
	}
	return first, last
}

func trimChange(lines fileLines, c change) (change, bool) {
	for c.start < c.end && len(c.new) > 0 && bytes.Equal(lines.at(c.start), c.new[0]) {
		c.start++
		c.new = c.new[1:]
	}
	for c.start < c.end && len(c.new) > 0 && bytes.Equal(lines.at(c.end-1), c.new[len(c.new)-1]) {
		c.end--
		c.new = c.new[:len(c.new)-1]
	}
	return c, c.start < c.end || len(c.new) > 0
}

// writeHunk writes one hunk and returns by how many lines it grows the file.
func writeHunk(b *strings.Builder, lines fileLines, changes []change, context, shift int) int {
	start := max(0, changes[0].start-context)
	end := min(lines.count, changes[len(changes)-1].end+context)
	grow := 0
	for _, c := range changes {
		grow += len(c.new) - (c.end - c.start)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", hunkRange(start, end-start), hunkRange(start+shift, end-start+grow))
	at := start
	for _, c := range changes {
		writeLines(b, ' ', lines.slice(at, c.start))
		writeLines(b, '-', lines.slice(c.start, c.end))
		writeLines(b, '+', c.new)
		at = c.end
	}
	writeLines(b, ' ', lines.slice(at, end))
	return grow
}

func hunkRange(start, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", start)
	case 1:
		return fmt.Sprint(start + 1)
	}
	return fmt.Sprintf("%d,%d", start+1, count)
}

func writeLines(b *strings.Builder, mark byte, lines [][]byte) {
	for _, l := range lines {
		b.WriteByte(mark)
		b.Write(l)
		if !bytes.HasSuffix(l, []byte("\n")) {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// diffPath writes a path as git does: quoted as in C when it has control
// characters, quotes, backslashes or bytes beyond ASCII, and followed by a tab
// when it has a space, which would otherwise end it.
func diffPath(path string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(path); i++ {
		c := path[i]
		if k := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); k >= 0 {
			quoted = true
			b.WriteByte('\\')
			b.WriteByte(`abtnvfr"\`[k])
		} else if c < ' ' || c >= 0x7f {
			quoted = true
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	switch {
	case quoted:
		return `"` + b.String() + `"`
	case strings.Contains(path, " "):
		return path + "\t"
	}
	return path
}
