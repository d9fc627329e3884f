package edit

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// EnclosingBlock is the innermost block of a type around a span, nowhere when
// there is none: the condition block of a condition's key, say.
func EnclosingBlock(s source.Span, blockType string) source.Span {
	if s.IsZero() {
		return source.Span{}
	}
	file, _ := hclsyntax.ParseConfig(s.File.Bytes, s.File.Name, hcl.InitialPos)
	if file == nil {
		return source.Span{}
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return source.Span{}
	}
	found := source.Span{}
	for body != nil {
		var inner *hclsyntax.Body
		for _, b := range body.Blocks {
			r := b.Range()
			span := source.Span{File: s.File, Start: r.Start.Byte, End: b.CloseBraceRange.End.Byte}
			if span.Contains(s) {
				inner = b.Body
				if b.Type == blockType {
					found = span
				}
			}
		}
		body = inner
	}
	return found
}
