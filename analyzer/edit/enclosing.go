package edit

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
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

// TopBlock is the outermost block around a span, nowhere when there is none.
func TopBlock(s source.Span) source.Span {
	if s.IsZero() || jsonFile(s.File) {
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
	for _, b := range body.Blocks {
		span := source.Span{File: s.File, Start: b.Range().Start.Byte, End: b.CloseBraceRange.End.Byte}
		if span.Contains(s) {
			return span
		}
	}
	return source.Span{}
}

// NestedBlock is the first block of a type right inside the block at span, nowhere
// when there is none.
func NestedBlock(block source.Span, blockType string) source.Span {
	if block.IsZero() || jsonFile(block.File) {
		return source.Span{}
	}
	t := fileText(block.File)
	c, err := open(bodyValue(block))
	if err != nil {
		return source.Span{}
	}
	for _, it := range c.items {
		if it.block && it.name == blockType {
			return source.Span{File: t.file, Start: it.start, End: it.value.end}
		}
	}
	return source.Span{}
}

// AppendToList adds an element to the list that an attribute of the block at body
// is written as; where it is not written, a list of the element.
func AppendToList(body source.Span, name string, v Node) ([]source.Edit, error) {
	if body.IsZero() || jsonFile(body.File) {
		return nil, errNotLiteral
	}
	c, err := open(bodyValue(body))
	if err != nil {
		return nil, err
	}
	i, err := c.find(name)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return SetAttribute(body, name, List(v))
	}
	at := c.items[i].value
	list := &value.Value{Kind: value.Tuple, Syntax: value.SyntaxHCL, Span: source.Span{File: body.File, Start: at.start, End: at.end}}
	return AppendElement(list, v)
}
