package edit

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer/source"
)

// fit gives the lines that edits write, and those aligned with them, the
// spaces that terraform fmt would. A line that was not as terraform fmt has it
// (its indentation aside) stays as it is, and so do new lines next to such a
// line: then the author does not align.
func fit(f *source.File, edits []source.Edit) ([]source.Edit, error) {
	edits = effective(edits)
	if err := source.Check(f, edits); err != nil || len(edits) == 0 {
		return edits, err
	}
	sorted := append([]source.Edit(nil), edits...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Span.Less(sorted[j].Span) })
	start, end := paragraph(f, sorted[0].Span.Start, sorted[len(sorted)-1].Span.End)
	before := f.Bytes[start:end]
	after, err := within(f, sorted, start, end)
	if err != nil {
		return edits, err
	}
	w := &fitter{
		before: splitLines(before), after: splitLines(after),
		formatted: splitLines(hclwrite.Format(before)), wanted: splitLines(hclwrite.Format(after)),
	}
	if len(w.before) != len(w.formatted) || len(w.after) != len(w.wanted) {
		return edits, nil
	}
	w.trace(sorted, start)
	changes := w.changes()
	if len(changes) == 0 {
		return edits, nil
	}
	return compose(f, sorted, start, after, changes), nil
}

// within is the bytes [start, end) of a file with edits in them made.
func within(f *source.File, edits []source.Edit, start, end int) ([]byte, error) {
	part := source.NewFile(f.Name, f.Bytes[start:end])
	moved := make([]source.Edit, len(edits))
	for i, e := range edits {
		moved[i] = source.Edit{Span: source.Span{File: part, Start: e.Span.Start - start, End: e.Span.End - start}, New: e.New}
	}
	return source.Apply(part, moved)
}

func splitLines(b []byte) [][]byte { return bytes.SplitAfter(b, []byte("\n")) }

// fitter compares lines of a text before and after edits with what terraform
// fmt makes of them.
type fitter struct {
	before, formatted [][]byte
	after, wanted     [][]byte
	// from is, for each line after the edits, the line before them on which
	// its first byte stood; -1 for a new line.
	from []int
}

// trace fills from. Edits are in order.
func (w *fitter) trace(edits []source.Edit, start int) {
	w.from = make([]int, len(w.after))
	text := bytes.Join(w.before, nil)
	old, line, oldLine, column := start, 0, 0, 0
	walk := func(text []byte, fresh bool) {
		for _, c := range text {
			if column++; fresh && column == 1 {
				w.from[line] = -1
			}
			if c != '\n' {
				continue
			}
			if !fresh {
				oldLine++
			}
			line, column = line+1, 0
			w.from[line] = oldLine
		}
	}
	for _, e := range edits {
		walk(text[old-start:e.Span.Start-start], false)
		walk([]byte(e.New), true)
		oldLine += bytes.Count(text[e.Span.Start-start:e.Span.End-start], []byte("\n"))
		if column == 0 {
			w.from[line] = oldLine
		}
		old = e.Span.End
	}
	walk(text[old-start:], false)
}

// neat says that line i was, its indentation aside, as terraform fmt has it.
func (w *fitter) neat(i int) bool {
	return bytes.Equal(trimIndent(w.before[i]), trimIndent(w.formatted[i]))
}

func trimIndent(line []byte) []byte { return bytes.TrimLeft(line, " \t") }

// group is the end of the lines from i on that have the same indentation, and
// whether those of them that are old were neat: what is aligned is among them.
func (w *fitter) group(i int) (end int, neat bool) {
	indent := w.after[i][:spaceRun(w.after[i])]
	neat = true
	for end = i; end < len(w.after); end++ {
		line := w.after[end]
		if end > i && (!bytes.Equal(line[:spaceRun(line)], indent) || len(bytes.TrimSpace(line)) == 0) {
			break
		}
		neat = neat && (w.from[end] < 0 || w.neat(w.from[end]))
	}
	return end, neat
}

// spaces replaces white space of the text after the edits.
type spaces struct {
	start, end int
	text       string
}

// changes is what has to change for the lines to be as wanted. Where all was
// formatted that includes their indentation.
func (w *fitter) changes() []spaces {
	exact := bytes.Equal(bytes.Join(w.before, nil), bytes.Join(w.formatted, nil))
	var out []spaces
	at := 0
	for i := 0; i < len(w.after); {
		end, neat := w.group(i)
		for ; i < end; i++ {
			have, want := w.after[i], w.wanted[i]
			skip := 0
			if !exact {
				skip, want = spaceRun(have), trimIndent(want)
			}
			if neat {
				out = append(out, spaceDiff(have[skip:], want, at+skip)...)
			}
			at += len(have)
		}
	}
	return out
}

// spaceDiff is what turns have, which begins at offset at, to want, when they
// differ in white space only; nothing when they differ in more.
func spaceDiff(have, want []byte, at int) []spaces {
	var out []spaces
	i, j := 0, 0
	for i < len(have) || j < len(want) {
		x, y := spaceRun(have[i:]), spaceRun(want[j:])
		if !bytes.Equal(have[i:i+x], want[j:j+y]) {
			out = append(out, spaces{at + i, at + i + x, string(want[j : j+y])})
		}
		i, j = i+x, j+y
		if i >= len(have) || j >= len(want) {
			break
		}
		if have[i] != want[j] {
			return nil
		}
		i, j = i+1, j+1
	}
	if i < len(have) || j < len(want) {
		return nil
	}
	return out
}

func spaceRun(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " \t")) }

// piece is a stretch of the text after the edits that differs from before.
type piece struct{ start, end, oldStart, oldEnd int }

// compose joins edits and the changes to what they gave into edits of the
// file. after is the text from start on, with the edits made.
func compose(f *source.File, edits []source.Edit, start int, after []byte, changes []spaces) []source.Edit {
	var pieces []piece
	shift := -start
	for _, e := range edits {
		pieces = append(pieces, piece{e.Span.Start + shift, e.Span.Start + shift + len(e.New), e.Span.Start, e.Span.End})
		shift += len(e.New) - (e.Span.End - e.Span.Start)
	}
	var all []piece
	k, shift := 0, -start
	for _, c := range changes {
		for ; k < len(pieces) && pieces[k].end < c.start; k++ {
			all = append(all, pieces[k])
			shift = pieces[k].end - pieces[k].oldEnd
		}
		p := piece{c.start, c.end, c.start - shift, c.end - shift}
		for ; k < len(pieces) && pieces[k].start <= c.end; k++ {
			p = join(p, pieces[k], shift)
			shift = pieces[k].end - pieces[k].oldEnd
			p.oldEnd = p.end - shift
		}
		if n := len(all); n > 0 && all[n-1].end >= p.start {
			q := all[n-1]
			p.start, p.oldStart, p.end = q.start, q.oldStart, max(p.end, q.end)
			p.oldEnd = max(p.oldEnd, q.oldEnd)
			all = all[:n-1]
		}
		all = append(all, p)
	}
	all = append(all, pieces[k:]...)
	out := make([]source.Edit, len(all))
	for i, p := range all {
		e := source.Edit{Span: source.Span{File: f, Start: p.oldStart, End: p.oldEnd}, New: changed(after, p.start, p.end, changes)}
		out[i] = trimEdit(e)
	}
	return effective(out)
}

// effective is the edits that change something.
func effective(edits []source.Edit) []source.Edit {
	var out []source.Edit
	for _, e := range edits {
		if e.New != e.Span.Text() {
			out = append(out, e)
		}
	}
	return out
}

// join is the piece p of white space and an edit that it overlaps or touches;
// shift is that of the text in front of the edit.
func join(p, edit piece, shift int) piece {
	if edit.start < p.start {
		p.start, p.oldStart = edit.start, edit.oldStart
	} else {
		p.oldStart = min(p.oldStart, edit.oldStart)
	}
	p.end = max(p.end, edit.end)
	return p
}

// changed is the text [start, end) with the changes in it made.
func changed(text []byte, start, end int, changes []spaces) string {
	var b strings.Builder
	at := start
	for _, c := range changes {
		if c.start >= start && c.end <= end {
			b.Write(text[at:c.start])
			b.WriteString(c.text)
			at = c.end
		}
	}
	b.Write(text[at:end])
	return b.String()
}

// trimEdit leaves out what an edit replaces by itself, at either end.
func trimEdit(e source.Edit) source.Edit {
	old := e.Span.Text()
	n := 0
	for n < len(old) && n < len(e.New) && old[n] == e.New[n] {
		n++
	}
	for n > 0 && (n < len(old) && !utf8.RuneStart(old[n]) || n < len(e.New) && !utf8.RuneStart(e.New[n])) {
		n--
	}
	old, e.New = old[n:], e.New[n:]
	e.Span.Start += n
	n = 0
	for n < len(old) && n < len(e.New) && old[len(old)-1-n] == e.New[len(e.New)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(old[len(old)-n]) {
		n--
	}
	e.New = e.New[:len(e.New)-n]
	e.Span.End -= n
	return e
}
