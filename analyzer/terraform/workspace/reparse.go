package workspace

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// reparse parses a file that differs from one that was parsed before: only the
// lines between the blocks that stayed as they were. Those blocks are taken
// over, with their places in the old text. It is nil where the whole file has to
// be parsed.
func reparse(old *ParsedFile, f *source.File) *ParsedFile {
	if old == nil || len(old.Gaps) > 0 || len(old.Body.Attrs) > 0 || len(old.Body.Blocks) == 0 {
		return nil
	}
	was, now := old.File.Bytes, f.Bytes
	head := commonPrefix(was, now)
	tail := commonSuffix(was[head:], now[head:])
	blocks := old.Body.Blocks
	start, before := 0, 0
	for i, b := range blocks {
		if b.Span.File != old.File {
			return nil // of a text before the last
		}
		if at, ok := lineAfter(was, b.Span.End); ok && at <= head {
			start, before = at, i+1
		}
	}
	end, after := len(was), len(blocks)
	for i := len(blocks) - 1; i >= before; i-- {
		if at, ok := lineOf(was, blocks[i].Span.Start); ok && at >= len(was)-tail && at > start {
			end, after = at, i
		}
	}
	end += len(now) - len(was)
	if end > start && end < len(now) && now[end-1] != '\n' {
		return nil
	}
	if start > 0 && bytes.HasPrefix(now[start:], byteOrderMark) {
		return nil // only at the head of a file is it none of the text
	}
	if _, reason := TooDeep(now[start:end]); reason != "" { // the blocks around it are parsed, and balanced
		return nil
	}
	from := hcl.Pos{Line: bytes.Count(now[:start], []byte("\n")) + 1, Column: 1, Byte: start}
	parsed, diags := hclsyntax.ParseConfig(now[start:end], f.Name, from)
	if len(diags) > 0 {
		return nil
	}
	root, ok := parsed.Body.(*hclsyntax.Body)
	if !ok || len(root.Attributes) > 0 {
		return nil
	}
	p := &ParsedFile{File: f, Body: Body{Syntax: value.SyntaxBlock}}
	p.Body.Blocks = append(p.Body.Blocks, blocks[:before]...)
	p.Body.Blocks = append(p.Body.Blocks, nativeBody(root, source.Literal(source.Span{File: f, End: len(now)})).Blocks...)
	p.Body.Blocks = append(p.Body.Blocks, blocks[after:]...)
	return p
}

var byteOrderMark = []byte("\uFEFF")

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			return i
		}
	}
	return n
}

// lineAfter is the beginning of the line after the end of a block. ok is false
// where something that may go on there stands behind the block.
func lineAfter(text []byte, end int) (at int, ok bool) {
	n := bytes.IndexByte(text[end:], '\n')
	if n < 0 {
		return 0, false
	}
	rest := bytes.TrimSpace(text[end : end+n])
	return end + n + 1, len(rest) == 0 || rest[0] == '#' || bytes.HasPrefix(rest, []byte("//"))
}

// lineOf is the beginning of the line that a block begins. ok is false where
// something stands before it.
func lineOf(text []byte, start int) (at int, ok bool) {
	at = bytes.LastIndexByte(text[:start], '\n') + 1
	return at, len(bytes.TrimSpace(text[at:start])) == 0
}
