package source

import "testing"

// built is `a\"é` + newline + `\u0041z`, as a decoder of JSON in an indented
// heredoc would build it.
func built() Text {
	f := NewFile("a.tf", []byte("  a\\\"é\n    \\u0041z<<"))
	b := NewTextBuilder(f)
	b.Copy(2, 3)
	b.Escape(`"`, 3, 5)
	b.Copy(5, 7)
	b.Copy(7, 8)
	b.Escape("A", 12, 18)
	b.Copy(18, 19)
	return b.Text()
}

func TestTextSpanOf(t *testing.T) {
	text := built()
	if text.String != "a\"é\nAz" {
		t.Fatalf("decoded %q", text.String)
	}
	for _, tt := range []struct {
		i, j int
		want string
	}{
		{0, 1, "a"},
		{1, 2, `\"`},
		{0, 2, `a\"`},
		{2, 4, "é"},
		{2, 5, "é\n"},
		{4, 6, "\n    \\u0041"},
		{5, 6, "\\u0041"},
		{5, 7, "\\u0041z"},
		{6, 7, "z"},
		{7, 7, ""},
		{0, 7, "a\\\"é\n    \\u0041z"},
	} {
		if got := text.SpanOf(tt.i, tt.j).Text(); got != tt.want {
			t.Errorf("bytes %d to %d stand at %q, want %q", tt.i, tt.j, got, tt.want)
		}
		if part := text.Slice(tt.i, tt.j); part.String != text.String[tt.i:tt.j] || part.Span.Text() != tt.want {
			t.Errorf("slice %d to %d is %q at %q", tt.i, tt.j, part.String, part.Span.Text())
		}
	}
	if text.Exact() {
		t.Error("a text with escapes is not exact")
	}
}

func TestTextKinds(t *testing.T) {
	f := NewFile("a.tf", []byte(`x = "abc"`))
	lit := Literal(Span{f, 5, 8})
	if !lit.Exact() || lit.SpanOf(1, 3).Text() != "bc" || lit.Slice(1, 3).SpanOf(0, 1).Text() != "b" {
		t.Errorf("literal: %+v", lit)
	}
	whole := Computed("computed", Span{f, 0, 1})
	if whole.Exact() || whole.SpanOf(2, 3).Text() != "x" {
		t.Errorf("computed: %q", whole.SpanOf(2, 3).Text())
	}
	if nowhere := Computed("computed", Span{}); !nowhere.SpanOf(2, 3).IsZero() || nowhere.Exact() {
		t.Error("computed nowhere has a place")
	}
	if empty := NewTextBuilder(f).Text(); empty.String != "" || empty.SpanOf(0, 0).Text() != "" {
		t.Error("empty")
	}
}

// SpanOf is in the text's span, grows with its offsets, and agrees with Slice.
func FuzzTextSpanOf(f *testing.F) {
	f.Add([]byte("cceccgce"), "0123456789abcdef")
	f.Add([]byte("e"), "")
	f.Add([]byte(""), "x")
	f.Fuzz(func(t *testing.T, plan []byte, text string) {
		file := NewFile("a.tf", []byte(text))
		b := NewTextBuilder(file)
		at := 0
		for i, p := range plan {
			n := min(i%4, len(text)-at)
			switch p % 3 {
			case 0:
				b.Copy(at, at+n)
			case 1:
				b.Escape("decoded"[:int(p)%8], at, at+n)
			}
			at += n
		}
		d := b.Text()
		prev := d.Span.Start
		for i := 0; i <= len(d.String); i++ {
			s := d.SpanOf(i, len(d.String))
			if s.Start < prev || s.End > d.Span.End || s.Start > s.End {
				t.Fatalf("SpanOf(%d, %d) is %d to %d in %d to %d", i, len(d.String), s.Start, s.End, d.Span.Start, d.Span.End)
			}
			prev = s.Start
			end := d.Span.Start
			for j := i; j <= len(d.String); j++ {
				s := d.SpanOf(i, j)
				if s.Start > s.End || s.End < end {
					t.Fatalf("SpanOf(%d, %d) is %d to %d, after %d", i, j, s.Start, s.End, end)
				}
				end = s.End
				if p := d.Slice(i, j); j > i && p.SpanOf(0, j-i) != s {
					t.Fatalf("slice %d to %d stands at %v, not %v", i, j, p.SpanOf(0, j-i), s)
				}
			}
		}
	})
}
