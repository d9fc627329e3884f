package edit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// RemoveMember removes a member of an object, an attribute or the only nested
// block of that type of a block. A comment on the same line goes with it.
func RemoveMember(obj *value.Value, name string) ([]source.Edit, error) {
	c, err := openObject(obj)
	if err != nil {
		return nil, err
	}
	i, err := c.find(name)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, fmt.Errorf("%s is not there", name)
	}
	return c.remove(i)
}

// RemoveElement removes element i of a list.
func RemoveElement(list *value.Value, i int) ([]source.Edit, error) {
	c, err := open(list)
	if err != nil {
		return nil, err
	}
	if !c.list() || i < 0 || i >= len(c.items) || len(list.Elems) > 0 && len(list.Elems) != len(c.items) {
		return nil, errNotLiteral
	}
	return c.remove(i)
}

// RemoveBlock removes the block at span, header included, with its lines.
func RemoveBlock(block source.Span) ([]source.Edit, error) {
	if block.IsZero() || jsonFile(block.File) {
		return nil, errors.New("blocks can only be removed from files in HCL syntax")
	}
	c := &container{text: fileText(block.File), kind: hclBody, close: len(block.File.Bytes)}
	it := item{start: block.Start, value: span{block.Start, block.End}, comma: -1, block: true}
	if !c.text.leads(it.start) {
		return nil, errors.New("something precedes the block on its line")
	}
	end, ok := c.afterItem(it)
	if !ok {
		return nil, errors.New("something follows the block on its line")
	}
	return c.finish([]source.Edit{c.removeLines(it, end)})
}

func (c *container) remove(i int) ([]source.Edit, error) {
	t := c.text
	it := c.items[i]
	if len(c.items) == 1 && strings.Trim(string(t.b[c.open+1:it.start])+string(t.b[it.value.end:c.close]), " \t\r\n,") == "" {
		return c.finish([]source.Edit{t.edit(c.open, c.close+1, string(t.b[c.open])+string(t.b[c.close]))})
	}
	if end, ok := c.afterItem(it); ok && t.leads(it.start) {
		edits := []source.Edit{c.removeLines(it, end)}
		if last := i == len(c.items)-1; last && i > 0 && it.comma < 0 && c.items[i-1].comma >= 0 {
			edits = append(edits, t.edit(c.items[i-1].comma, c.items[i-1].comma+1, ""))
		}
		return c.finish(edits)
	}
	from, to := it.start, c.close
	if i+1 < len(c.items) {
		to = c.items[i+1].start
	} else if i > 0 {
		from, to = c.items[i-1].value.end, it.end()
	}
	gone := string(t.b[from:it.start]) + string(t.b[it.value.end:to])
	if strings.Trim(gone, " \t\r\n,") != "" {
		return nil, errors.New("comments stand around it on its line")
	}
	return c.finish([]source.Edit{t.edit(from, to, "")})
}

// removeLines removes an item that has lines of its own, and one of two blank
// lines that would meet.
func (c *container) removeLines(it item, end int) source.Edit {
	t := c.text
	start, next := t.lineStart(it.start), t.nextLine(end)
	above := start
	if start > 0 {
		above = t.lineStart(start - 1)
	}
	blankAbove := above < start && t.blankLine(above)
	switch {
	case t.blankLine(next) && (blankAbove || above <= c.open && c.open < start):
		next = t.nextLine(next)
	case blankAbove && (t.lineStart(c.close) == next || next >= len(t.b)):
		start = above
	}
	return t.edit(start, next, "")
}
