package workspace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

const reparsed = `locals {
  a = 1 /* one */
} // the end

resource "aws_iam_role" "r" {
  name = "r"
  policy = <<-EOT
    { "resource" "x" "y" }
  EOT
} /* a comment
that goes on */

data "aws_iam_policy_document" "d" { }
# resource "aws_iam_user" "u" {

resource "aws_iam_user" "u" {
  name = "${local.a}}"
}
`

// What is parsed of a file that was edited is what is parsed of the file.
func FuzzReparse(f *testing.F) {
	for _, at := range []int{0, 11, 12, 40, 41, 60, 100, 150, 170, 180, 190, 200, 230, 250, len(reparsed)} {
		for _, text := range []string{"", "\n", "x", "}", "{", "\"", "/*", "*/", "#", "\nresource \"aws_iam_user\" \"v\" {\n}\n", "<<EOT\n", "a = 2\n", "\r\n", "\x00", "\xff"} {
			f.Add(reparsed, at, 0, text)
			f.Add(reparsed, at, 7, text)
			f.Add(reparsed, at, 70, text)
		}
	}
	f.Fuzz(func(t *testing.T, text string, at, gone int, instead string) {
		if at < 0 || gone < 0 || at > len(text) || gone > len(text)-at {
			return
		}
		old := parseNativeFile(source.NewFile("main.tf", []byte(text)))
		now := source.NewFile("main.tf", []byte(text[:at]+instead+text[at+gone:]))
		p := reparse(old, now)
		if p == nil {
			return
		}
		whole := parseNativeFile(now)
		if len(whole.Gaps) > 0 {
			t.Fatalf("%q: an edit is taken for valid: %v", now.Bytes, whole.Gaps[0].Reason)
		}
		if got, want := outline(p.Body.Blocks), outline(whole.Body.Blocks); got != want {
			t.Fatalf("%q:\n%s\nwhere the whole file is\n%s", now.Bytes, got, want)
		}
	})
}

// outline is what blocks say, and where the expressions of blocks that were
// parsed anew stand.
func outline(blocks []*Block) string {
	var b strings.Builder
	for _, n := range blocks {
		fmt.Fprintf(&b, "%s %q %q\n", n.Type, n.Labels, n.Span.Text())
		for _, a := range n.Body().Attrs {
			fmt.Fprintf(&b, "%s = %q\n", a.Name, a.Expr.Span().Text())
		}
		b.WriteString(outline(n.Body().Blocks))
	}
	return b.String()
}

// An edit costs the blocks that it changes, however large the file is.
func TestReparseTakesBlocksOver(t *testing.T) {
	old := parseNativeFile(source.NewFile("main.tf", []byte(reparsed)))
	for _, edit := range []struct {
		from, to string
		anew     int
	}{
		{`name = "r"`, `name = "s"`, 1},
		{`"d" { }`, `"d" {}`, 2}, // the comment before it hides where it begins
		{"a = 1", "a = 2", 1},
		{`"${local.a}}"`, `"x"`, 1},
		{"# resource", "resource \"aws_iam_user\" \"v\" {\n}\n# resource", 1},
	} {
		now := source.NewFile("main.tf", []byte(strings.Replace(reparsed, edit.from, edit.to, 1)))
		p := reparse(old, now)
		if p == nil {
			t.Errorf("%s: the whole file is parsed", edit.to)
			continue
		}
		anew := 0
		for _, n := range p.Body.Blocks {
			if n.Span.File == now {
				anew++
			}
		}
		if anew != edit.anew {
			t.Errorf("%s: %d blocks are parsed anew, not %d", edit.to, anew, edit.anew)
		}
	}
}
