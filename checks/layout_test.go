package checks_test

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer/source"
)

// copyLaidOut copies a fixture with another layout.
func copyLaidOut(t *testing.T, r *rand.Rand, from, to string) {
	t.Helper()
	how := layout{Rand: r, tabs: r.Intn(4) == 0, wide: r.Intn(3) == 0, comments: r.Intn(2) == 0, fold: r.Intn(2) == 0, format: r.Intn(2) == 0, crlf: r.Intn(3) == 0}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || d.Name() == "want.txt" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, how.apply(d.Name(), b), 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// layout is another way to write the same file.
type layout struct {
	*rand.Rand
	tabs, wide, comments, fold, format, crlf bool
}

func (l layout) apply(name string, b []byte) []byte {
	if strings.HasSuffix(name, ".tf") {
		if l.fold {
			b = l.foldObjects(l.foldBlocks(b))
		}
		if l.comments {
			b = append([]byte("# é😀 \"{\n"), l.remark(b)...)
		}
		if l.format {
			b = hclwrite.Format(b)
		}
	}
	if !l.format {
		lines := strings.Split(string(b), "\n")
		for i, line := range lines {
			text := strings.TrimLeft(line, " ")
			n := len(line) - len(text)
			switch {
			case l.tabs && n%2 == 0:
				lines[i] = strings.Repeat("\t", n/2) + text
			case l.wide:
				lines[i] = strings.Repeat(" ", 2*n) + text
			}
		}
		b = []byte(strings.Join(lines, "\n"))
	}
	if l.crlf {
		b = bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	}
	return b
}

// foldBlocks writes some blocks of one attribute on one line.
func (l layout) foldBlocks(b []byte) []byte {
	file, diags := hclsyntax.ParseConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return b
	}
	f := source.NewFile("main.tf", b)
	var edits []source.Edit
	var visit func(body *hclsyntax.Body)
	visit = func(body *hclsyntax.Body) {
		for _, block := range body.Blocks {
			visit(block.Body)
			inside := source.Span{File: f, Start: block.OpenBraceRange.End.Byte, End: block.CloseBraceRange.Start.Byte}
			text := strings.TrimSpace(inside.Text())
			if len(block.Body.Attributes) == 1 && len(block.Body.Blocks) == 0 && !strings.ContainsAny(text, "\n#") && l.Intn(2) == 0 {
				edits = append(edits, source.Edit{Span: inside, New: " " + text + " "})
			}
		}
	}
	visit(file.Body.(*hclsyntax.Body))
	out, err := source.Apply(f, edits)
	if err != nil {
		return b
	}
	return out
}

// foldObjects writes some objects on one line.
func (l layout) foldObjects(b []byte) []byte {
	file, diags := hclsyntax.ParseConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return b
	}
	f := source.NewFile("main.tf", b)
	var edits []source.Edit
	folded := 0 // up to where
	_ = hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), func(node hclsyntax.Node) hcl.Diagnostics {
		object, ok := node.(*hclsyntax.ObjectConsExpr)
		if !ok || len(object.Items) == 0 || object.SrcRange.Start.Byte < folded || l.Intn(2) == 0 {
			return nil
		}
		inside := source.Span{File: f, Start: object.SrcRange.Start.Byte + 1, End: object.SrcRange.End.Byte - 1}
		if text := inside.Text(); !strings.Contains(text, "\n") || strings.ContainsAny(text, "#/") || strings.Contains(text, "<<") {
			return nil // a comment takes the rest of its line
		}
		var items []string
		for _, item := range object.Items {
			key, value := item.KeyExpr.Range(), item.ValueExpr.Range()
			text := string(b[value.Start.Byte:value.End.Byte])
			if strings.Contains(text, "\n") || b[key.End.Byte] == ')' {
				return nil
			}
			items = append(items, string(b[key.Start.Byte:key.End.Byte])+" = "+text)
		}
		folded = inside.End
		edits = append(edits, source.Edit{Span: inside, New: " " + strings.Join(items, ", ") + " "})
		return nil
	})
	out, err := source.Apply(f, edits)
	if err != nil {
		return b
	}
	return out
}

// remark adds comments: at the ends of lines, in lines of their own, and in front
// of names and values, so that text with more than ASCII stands before an edit and
// inside of it.
func (l layout) remark(b []byte) []byte {
	toks, diags := hclsyntax.LexConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return b
	}
	f := source.NewFile("main.tf", b)
	var edits []source.Edit
	add := func(at int, texts ...string) {
		edits = append(edits, source.Edit{Span: source.Span{File: f, Start: at, End: at}, New: texts[l.Intn(len(texts))]})
	}
	texts := 0 // how many strings and templates this is in
	for i, t := range toks {
		last := hclsyntax.TokenNewline
		if i > 0 {
			last = toks[i-1].Type
		}
		at := t.Range.Start.Byte
		lineStart := texts == 0 && (last == hclsyntax.TokenNewline || last == hclsyntax.TokenComment && strings.HasSuffix(string(toks[i-1].Bytes), "\n"))
		switch t.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			texts++
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			texts--
		case hclsyntax.TokenNewline:
			if texts == 0 && last != hclsyntax.TokenNewline && last != hclsyntax.TokenCHeredoc && l.Intn(3) == 0 {
				add(at, " # é😀 {", " // \"", " /* ] */")
			}
			continue
		case hclsyntax.TokenEqual:
			if texts == 0 && l.Intn(8) == 0 {
				add(t.Range.End.Byte, " /* é😀 */")
			}
			continue
		case hclsyntax.TokenEOF, hclsyntax.TokenComment:
			continue
		}
		switch {
		case !lineStart:
		case l.Intn(6) == 0:
			indent := string(b[f.LineSpan(t.Range.Start.Line).Start:at])
			add(at, "# é😀 }\n"+indent, "// \"\n"+indent, "/* [\n"+indent+"*/\n"+indent)
		case l.Intn(8) == 0 && t.Type == hclsyntax.TokenIdent:
			add(at, "/* é😀 */ ")
		}
	}
	out, err := source.Apply(f, edits)
	if err != nil {
		return b
	}
	return out
}
