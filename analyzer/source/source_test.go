package source

import (
	"math/rand"
	"strings"
	"testing"
)

func TestPos(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		offset     int
		want       Pos
	}{
		{"start", "abc", 0, Pos{1, 1}},
		{"empty file", "", 0, Pos{1, 1}},
		{"after a newline", "a\nb", 2, Pos{2, 1}},
		{"the newline itself", "a\nb", 1, Pos{1, 2}},
		{"CRLF counts as bytes of its line", "a\r\nb", 3, Pos{2, 1}},
		{"two bytes, one unit", "é=1", 2, Pos{1, 2}},
		{"four bytes, two units", "😀=1", 4, Pos{1, 3}},
		{"combining mark", "e\u0301=", 3, Pos{1, 3}},
		{"inside a sequence", "é=1", 1, Pos{1, 1}},
		{"inside a later sequence", "a😀", 3, Pos{1, 2}},
		{"byte order mark", "\xEF\xBB\xBFab", 4, Pos{1, 2}},
		{"inside the byte order mark", "\xEF\xBB\xBFab", 1, Pos{1, 1}},
		{"invalid UTF-8", "\xff\xffa", 2, Pos{1, 3}},
		{"past the end", "ab", 9, Pos{1, 3}},
		{"at the end after a newline", "ab\n", 3, Pos{2, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := NewFile("a.tf", []byte(tt.text)).Pos(tt.offset); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	f := NewFile("a.tf", []byte("one\r\n\ntwo"))
	for n, want := range map[int]string{0: "", 1: "one", 2: "", 3: "two", 4: ""} {
		if got := f.LineSpan(n).Text(); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
	for text, want := range map[string]int{"": 1, "a": 1, "a\n": 1, "a\nb": 2, "\n\n": 2} {
		if got := NewFile("a.tf", []byte(text)).Lines(); got != want {
			t.Errorf("%q has %d lines, want %d", text, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	f, g := NewFile("a.tf", []byte("abcdef")), NewFile("b.tf", []byte("abcdef"))
	if !(Span{}).IsZero() || (Span{File: f}).IsZero() {
		t.Error("the zero span, and only it, is nowhere")
	}
	if got := (Span{f, 2, 9}).Text(); got != "" {
		t.Errorf("text out of range is %q", got)
	}
	if !(Span{f, 0, 6}).Contains(Span{f, 2, 2}) || (Span{f, 0, 6}).Contains(Span{g, 2, 3}) || (Span{f, 2, 4}).Contains(Span{f, 3, 5}) {
		t.Error("Contains")
	}
	if got := (Span{f, 1, 2}).To(Span{f, 4, 5}); got != (Span{f, 1, 5}) {
		t.Errorf("To: %v", got)
	}
	if got := (Span{f, 1, 2}).To(Span{g, 4, 5}); got != (Span{f, 1, 2}) {
		t.Errorf("To another file: %v", got)
	}
	if !(Span{}).Less(Span{f, 0, 0}) || !(Span{f, 5, 6}).Less(Span{g, 0, 0}) || !(Span{f, 1, 2}).Less(Span{f, 1, 3}) || (Span{f, 1, 3}).Less(Span{f, 1, 3}) {
		t.Error("Less")
	}
}

// Columns grow along a line, and an offset's line holds it.
func FuzzPos(f *testing.F) {
	for _, s := range []string{"", "a\nb", "é😀\r\n\xff", "\xEF\xBB\xBFa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := NewFile("a.tf", []byte(text))
		last := Pos{1, 1}
		for i := 0; i <= len(text); i++ {
			p := file.Pos(i)
			if p.Line < last.Line || p.Line == last.Line && p.Column < last.Column {
				t.Fatalf("%v comes after %v in %q", p, last, text)
			}
			if s := file.LineSpan(p.Line); i < s.Start || s.Start > s.End {
				t.Fatalf("offset %d is not in line %d of %q", i, p.Line, text)
			}
			last = p
		}
	})
}

// In a line of many characters each place is that which counting from its start gives.
func TestPosInALongLine(t *testing.T) {
	var text strings.Builder
	text.WriteString("\xEF\xBB\xBFa\n")
	rnd := rand.New(rand.NewSource(1))
	for text.Len() < 5*markEvery {
		text.WriteString([]string{"a", "é", "😀", "\xff", "\xe2\x82", "e\u0301"}[rnd.Intn(6)])
	}
	f := NewFile("a.tf.json", []byte(text.String()))
	start := strings.IndexByte(text.String(), '\n') + 1
	for at := start; at <= len(f.Bytes); at++ {
		if got, want := f.Pos(at), (Pos{2, 1 + utf16Len(f.Bytes[start:at])}); got != want {
			t.Fatalf("offset %d is %v, want %v", at, got, want)
		}
	}
}
