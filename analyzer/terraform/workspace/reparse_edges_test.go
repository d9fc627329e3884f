package workspace

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
)

// edgeTexts are files of one to three blocks with everything that may stand at
// the first and the last byte.
func edgeTexts() (out []string) {
	blocks := []string{"resource \"aws_iam_user\" \"a\" {\n  name = \"a\"\n}", "locals {\n  b = 1\n}", "resource \"aws_iam_user\" \"c\" {}"}
	for n := 0; n <= len(blocks); n++ {
		for _, head := range []string{"", "\n", "# head\n", "/* head */ "} {
			for _, tail := range []string{"", "\n", "\n\n", " # tail"} {
				text := head + strings.Join(blocks[:n], "\n") + tail
				for _, newline := range []string{"\n", "\r\n"} {
					for _, mark := range []string{"", "\uFEFF"} {
						out = append(out, mark+strings.ReplaceAll(text, "\n", newline))
					}
				}
			}
		}
	}
	return out
}

// edgeEdits are what removing, replacing and inserting at the very first and last
// byte make of a text.
func edgeEdits(text string) (out []string) {
	for _, part := range []string{"", "\n", "\r\n", "\r", "\uFEFF", "#", "}", "x", "\uFEFFlocals {}\n", "locals {}\n", "\nlocals {}", "\xff"} {
		out = append(out, part+text, text+part)
		for _, n := range []int{1, 3, len("resource \"aws_iam_user\" \"a\" {\n  name = \"a\"\n}"), len(text)} {
			if n <= len(text) {
				out = append(out, part+text[n:], text[:len(text)-n]+part)
			}
		}
	}
	for at := range text { // what is in front of a line, or behind it
		if text[at] == '\n' {
			out = append(out, text[at+1:], text[:at], text[:at+1], text[:at+1]+"\uFEFF"+text[at+1:])
		}
	}
	return out
}

// Whatever is edited at the edges of a file, it is read as the whole file is.
func TestReparseAtTheEdgesOfFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	taken := 0
	for _, text := range edgeTexts() {
		base := OverFS(fstest.MapFS{"main.tf": {Data: []byte(text)}, "other.tf": {Data: []byte("locals {}\n")}})
		for _, now := range edgeEdits(text) {
			edited := map[string][]byte{"main.tf": []byte(now)}
			old := parseNativeFile(source.NewFile("main.tf", []byte(text)))
			whole := parseNativeFile(source.NewFile("main.tf", []byte(now)))
			if p := reparse(old, whole.File); p != nil {
				taken++
				if len(whole.Gaps) > 0 {
					t.Fatalf("%q of %q is taken for valid: %v", now, text, whole.Gaps[0].Reason)
				}
				if got, want := outline(p.Body.Blocks), outline(whole.Body.Blocks); got != want {
					t.Fatalf("%q of %q:\n%s\nwhere the whole file is\n%s", now, text, got, want)
				}
			}
			if len(now)%5 > 0 {
				continue
			}
			got, want := summary(t, base.With(edited)), summary(t, OverFS(Overlay(base.FS, edited)))
			if got != want {
				t.Fatalf("%q of %q:\n%s\nwhere the whole file is\n%s", now, text, got, want)
			}
		}
	}
	if taken < 1000 {
		t.Errorf("only %d edits were parsed by what changed", taken)
	}
}

// summary is what a boundary's module declares, and what is wrong with it.
func summary(t *testing.T, b *Boundary) string {
	t.Helper()
	m := b.Module(".", lang.AnyLanguage)
	if m == nil {
		return "no configuration"
	}
	var out strings.Builder
	for _, k := range m.OfType(addrs.Managed, "aws_iam_user") {
		fmt.Fprintf(&out, "%s %q\n", k, m.Resources[k].Span.Text())
	}
	for _, g := range append(m.Unread, m.Gaps...) {
		fmt.Fprintf(&out, "%s %s %d: %s\n", g.Kind, g.Place(), g.Span.Start, g.Reason)
	}
	return out.String()
}
