package sarif

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/sarif/sariftest"
)

// The canonical forms: what is written for each kind of change.
func TestCanonical(t *testing.T) {
	const block = "a {\n  b = 1\n  c = 2\n}\n"
	for _, test := range []struct {
		name, text, old, new string // the first old is replaced
		want                 string // line:column-line:column "text"; "" for no fix
	}{
		{"replace a word", block, "b = 1", "b = 9", `2:3-2:8 "b = 9"`},
		{"replace a line with its indentation", block, "  b = 1\n", "  b = 9\n", `2:3-2:8 "b = 9"`},
		{"insert a line before another", block, "  c = 2\n", "  x = 0\n  c = 2\n", `2:8-2:8 "\n  x = 0"`},
		{"insert a line after another", block, "  c = 2\n", "  c = 2\n  x = 0\n", `3:8-3:8 "\n  x = 0"`},
		{"insert in front of a word", block, "c = 2", "x = 0\n  c = 2", `2:8-2:8 "\n  x = 0"`},
		{"insert within a line", block, "1", "1 + 1", `2:8-2:8 " + 1"`},
		{"delete a line", block, "  c = 2\n", "", `2:8-3:8 ""`},
		{"delete the first line", "x\n" + block, "x\n", "", `1:1-2:1 ""`},
		{"delete the last line", block, "}\n", "", `3:8-4:2 ""`},
		{"append", block, "}\n", "}\n\nz {}\n", `4:2-4:2 "\n\nz {}"`},
		{"replace a block", block, "b = 1\n  c = 2", "d = 3\n  e = 4", `2:3-3:8 "d = 3\n  e = 4"`},
		{"change indentation", block, "  b = 1\n", "\tb = 1\n", `1:4-2:8 "\n\tb = 1"`},
		{"CRLF", "a {\r\n  b = 1\r\n}\r\n", "  b = 1\r\n", "  b = 1\r\n  c = 2\r\n", `2:8-2:8 "\r\n  c = 2"`},
		{"LF becomes CRLF", "a\nb\n", "a\n", "a\r\n", `1:1-2:1 "a\r\n"`},
		{"characters after the change", "a = 1 # é\n", "1", "2", `1:5-1:6 "2"`},
		{"characters before the change", "  é = 1\n  b = 2\n", "1", "2", `1:3-2:1 "é = 2\n"`},
		{"characters before the end alone", "a = 1\n  é = 2\nz\n", "1\n  é = 2", "3", `1:5-3:1 "3\n"`},
		{"characters in the last line", "  é = 1\n", "1", "2", ""},
		{"byte order mark, first line", "\ufeffa = 1\nb = 2\n", "1", "2", ""},
		{"byte order mark, another line", "\ufeffa = 1\nb = 2\n", "2", "3", `2:5-2:6 "3"`},
		{"a lone carriage return", "a = 1\rb = 2\n", "1", "2", ""},
		{"not UTF-8", "a = 1 # \xff\n", "1", "2", ""},
		{"nothing", block, "1", "1", ""},
		{"indentation of the first line", "  a = 1\n", "  a", " a", ""},
		{"an empty line", "a\n\nb\n", "a\n\n", "a\nx\n\n", `1:2-1:2 "\nx"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := source.NewFile("x.tf", []byte(test.text))
			i := strings.Index(test.text, test.old)
			edit := source.Edit{Span: source.Span{File: f, Start: i, End: i + len(test.old)}, New: test.new}
			r, ok := canonical(f, []source.Edit{edit})
			got := ""
			if ok {
				g := region(r.Span)
				got = fmt.Sprintf("%d:%d-%d:%d %q", *g.StartLine, *g.StartColumn, *g.EndLine, *g.EndColumn, r.New)
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if ok {
				appliesAlike(t, f, []source.Edit{edit}, r)
			}
		})
	}
}

// appliesAlike fails the test unless all consumers make of the replacement what
// the edits are.
func appliesAlike(t *testing.T, f *source.File, edits []source.Edit, r replacement) {
	t.Helper()
	want, err := source.Apply(f, edits)
	if err != nil {
		t.Fatal(err)
	}
	g := region(r.Span)
	asRead := sariftest.Replacement{InsertedContent: &sariftest.Text{Text: r.New}, DeletedRegion: sariftest.Region{
		StartLine: *g.StartLine, StartColumn: *g.StartColumn, EndLine: *g.EndLine, EndColumn: *g.EndColumn}}
	got, err := sariftest.Apply(f.Bytes, asRead, sariftest.UTF16)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q with %v\nis    %q (%v)\nnot   %q", f.Bytes, asRead, got, err, want)
	}
	for _, trap := range sariftest.ReplacementTraps(f.Bytes, asRead) {
		t.Errorf("%q with %+v %q: %s", f.Bytes, asRead.DeletedRegion, r.New, trap)
	}
}

var pieces = []string{"a", "b = 1", "  ", "\t", "\n", "\n", "\n  ", "{\n", "}\n", "é", "😀", "e\u0301", "\r\n", "# x", "\n\n", "\u00a0"}

func randomText(rnd *rand.Rand, pieces []string, most int) string {
	var b strings.Builder
	for range rnd.Intn(most + 1) {
		b.WriteString(pieces[rnd.Intn(len(pieces))])
	}
	return b.String()
}

func randomCase(rnd *rand.Rand) (*source.File, []source.Edit) {
	alphabet := pieces
	if rnd.Intn(2) == 0 {
		alphabet = pieces[:9] // plain ASCII, where a form must nearly always exist
	}
	text := randomText(rnd, alphabet, 14)
	if rnd.Intn(8) == 0 {
		text = bom + text
	}
	f := source.NewFile("x.tf", []byte(text))
	var edits []source.Edit
	at := 0
	for range 1 + rnd.Intn(3) {
		start := at + rnd.Intn(len(text)-at+1)
		end := start + rnd.Intn(min(8, len(text)-start)+1)
		for start > 0 && start < len(text) && !utf8.RuneStart(text[start]) {
			start--
		}
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		if start < at {
			break
		}
		edits = append(edits, source.Edit{Span: source.Span{File: f, Start: start, End: end}, New: randomText(rnd, alphabet, 3)})
		if at = end + 1; at > len(text) {
			break
		}
	}
	return f, edits
}

func TestCanonicalOfRandomEdits(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	changed, found := 0, 0
	for range 20000 {
		f, edits := randomCase(rnd)
		after, err := source.Apply(f, edits)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := canonical(f, edits)
		if bytes.Equal(after, f.Bytes) {
			if ok {
				t.Fatalf("%q: a fix that changes nothing", f.Bytes)
			}
			continue
		}
		changed++
		if ok {
			found++
			appliesAlike(t, f, edits, r)
		}
		if t.Failed() {
			return
		}
	}
	if found < changed*6/10 {
		t.Errorf("only %d of %d changes have a form", found, changed)
	}
	t.Logf("%d of %d changes have a form", found, changed)
}

func FuzzCanonical(f *testing.F) {
	f.Add("a {\n  b = 1\n}\n", 4, 6, "  c = 1\n")
	f.Add("a\r\n  é = 1\r\n}", 7, 9, "😀\r\n")
	f.Fuzz(func(t *testing.T, text string, start, end int, insert string) {
		file := source.NewFile("x.tf", []byte(text))
		edits := []source.Edit{{Span: source.Span{File: file, Start: start, End: end}, New: insert}}
		if _, err := source.Apply(file, edits); err != nil {
			t.Skip()
		}
		if r, ok := canonical(file, edits); ok {
			appliesAlike(t, file, edits, r)
		}
	})
}
