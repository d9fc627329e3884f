package edit

import (
	"sort"

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
	// Only the outermost block is parsed: a file may hold thousands, each with a fix.
	top := TopBlock(s)
	if top.IsZero() {
		return source.Span{}
	}
	body := parse([]byte(top.Text()), s.File.Name, hcl.Pos{Line: 1, Column: 1, Byte: top.Start})
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
	blocks := source.Derived(s.File, topBlocks{}, func() []source.Span {
		var out []source.Span
		if body := parse(s.File.All(), s.File.Name, hcl.InitialPos); body != nil {
			for _, b := range body.Blocks {
				out = append(out, source.Span{File: s.File, Start: b.Range().Start.Byte, End: b.CloseBraceRange.End.Byte})
			}
		}
		return out
	})
	i := sort.Search(len(blocks), func(i int) bool { return blocks[i].End >= s.End })
	if i == len(blocks) || !blocks[i].Contains(s) {
		return source.Span{}
	}
	return blocks[i]
}

// topBlocks is the key of the outermost blocks of a file, in order.
type topBlocks struct{}

// parse is the body of a text, as far as it is HCL; nil where it is none.
func parse(text []byte, name string, at hcl.Pos) *hclsyntax.Body {
	file, _ := hclsyntax.ParseConfig(text, name, at)
	if file == nil {
		return nil
	}
	body, _ := file.Body.(*hclsyntax.Body)
	return body
}

// NestedBlock is the first block of a type right inside the block at span, nowhere
// when there is none.
func NestedBlock(block source.Span, blockType string) source.Span {
	if block.IsZero() {
		return source.Span{}
	}
	c, err := open(bodyValue(block))
	if err != nil {
		return source.Span{}
	}
	for _, it := range c.items {
		switch {
		case it.name != blockType:
		case it.block:
			return source.Span{File: block.File, Start: it.start, End: it.value.end}
		case c.json():
			return c.firstObject(it)
		}
	}
	return source.Span{}
}

// firstObject is the first of the blocks that a member stands for: in JSON an
// object, or a list of them.
func (c *container) firstObject(member item) source.Span {
	at := source.Span{File: c.text.file, Start: member.value.start, End: member.value.end}
	switch c.text.b[at.Start] {
	case '{':
		return at
	case '[':
		list, err := scanJSON(c.text, c.dialect, at.Start)
		if err != nil || len(list.items) == 0 || c.text.b[list.items[0].value.start] != '{' {
			return source.Span{}
		}
		first := list.items[0].value
		return source.Span{File: at.File, Start: first.start, End: first.end}
	}
	return source.Span{}
}

// AppendToList adds an element to the list that an attribute of the block at body
// is written as; where it is not written, a list of the element.
func AppendToList(body source.Span, name string, v Node) ([]source.Edit, error) {
	if body.IsZero() {
		return nil, errNotLiteral
	}
	block := bodyValue(body)
	c, err := open(block)
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
	syntax := value.SyntaxHCL
	if c.json() {
		syntax = block.Syntax
	}
	list := &value.Value{Kind: value.Tuple, Syntax: syntax, Span: source.Span{File: body.File, Start: at.start, End: at.end}}
	return AppendElement(list, v)
}
