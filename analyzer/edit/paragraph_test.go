package edit

import (
	"bytes"
	"math/rand"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// lexedParagraph is paragraph by HCL's own lexer.
func lexedParagraph(f *source.File, from, to int) (start, end int, ok bool) {
	b := bytes.TrimPrefix(f.Bytes, []byte(bom))
	skip := len(f.Bytes) - len(b)
	toks, diags := hclsyntax.LexConfig(b, f.Name, hcl.Pos{Line: 1, Column: 1, Byte: skip})
	if diags.HasErrors() {
		return 0, 0, false
	}
	start, end = skip, len(f.Bytes)
	depth, empty := 0, false // whether the line so far is empty
	for _, t := range toks {
		depth += depthChange(t)
		if t.Type == hclsyntax.TokenNewline && empty && depth == 0 {
			if t.Range.End.Byte <= from {
				start = t.Range.End.Byte
			} else if t.Range.Start.Byte > to {
				return start, t.Range.Start.Byte, true
			}
		}
		empty = endsLine(t)
	}
	return start, end, true
}

func TestParagraph(t *testing.T) {
	pieces := []string{
		"locals {\n  a = 1\n\n  b = 2\n}\n", "\n", "\r\n", "# x {\n", "// \"\n", "/* {\n\n */\n", "a = [\n\n]\n",
		"b = \"}${x[\"y\"]}{\\\"\"\n", "c = <<EOT\n{\n\nEOTX\n $${ ${a.b[\"}\"]} \nEOT\n", "d = <<-E\r\n\r\n  {\r\n  E\r\n", "e = 1 < 2\n", "  \n",
		"f = <<E\n%{ if x }\n{%{ endif }\n${jsonencode({\n  a = \"E\"\n})}\nE\n",
	}
	r := rand.New(rand.NewSource(1))
	for range 3000 {
		var b strings.Builder
		if r.Intn(5) == 0 {
			b.WriteString(bom)
		}
		for range 1 + r.Intn(8) {
			b.WriteString(pieces[r.Intn(len(pieces))])
		}
		f := source.NewFile("a.tf", []byte(b.String()))
		from := r.Intn(len(f.Bytes) + 1)
		to := from + r.Intn(len(f.Bytes)-from+1)
		wantStart, wantEnd, ok := lexedParagraph(f, from, to)
		if !ok {
			t.Fatalf("not HCL: %q", f.Bytes)
		}
		if start, end := paragraph(f, from, to); start != wantStart || end != wantEnd {
			t.Fatalf("%d to %d of %q: %d to %d, want %d to %d", from, to, f.Bytes, start, end, wantStart, wantEnd)
		}
	}
}
