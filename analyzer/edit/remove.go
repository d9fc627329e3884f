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

// RemoveElement removes the elements of a list that have these indexes, each
// once. Ask for all at a time: edits that remove one each may not go together.
func RemoveElement(list *value.Value, indexes ...int) ([]source.Edit, error) {
	c, err := open(list)
	if err != nil {
		return nil, err
	}
	if !c.list() || len(list.Elems) != len(c.items) {
		return nil, errNotLiteral
	}
	places, sorted := c.places(list)
	items := make([]int, 0, len(indexes))
	for _, i := range indexes {
		switch {
		case i < 0 || i >= len(c.items):
			return nil, fmt.Errorf("the list has no element %d there", i)
		case places[i] < 0 && !sorted:
			return nil, errNotLiteral
		case places[i] < 0:
			items = append(items, i)
		default:
			items = append(items, places[i])
		}
	}
	return c.remove(items...)
}

// places are the items that the elements of the list are written as, which may
// be in another order: a policy document data source sorts. -1 is an element
// with its text elsewhere. sorted says that those found are in order.
func (c *container) places(list *value.Value) (places []int, sorted bool) {
	sorted = true
	for i, e := range list.Elems {
		at := -1
		for k, it := range c.items {
			if e == nil || e.Span.File != c.text.file {
				break
			}
			start, end := c.text.index(e.Span.Start), c.text.index(e.Span.End)
			if it.value.start <= start && end <= it.value.end {
				at = k
			}
		}
		if at >= 0 && at != i {
			sorted = false
		}
		places = append(places, at)
	}
	return places, sorted
}

// RemoveBlock removes the block at span, header included, with its lines and the
// comment right above it, unless that begins the file: then it is about more.
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
	it.start = c.text.commentAbove(it.start)
	return c.finish([]source.Edit{c.removeLines(it, end)})
}

// commentAbove is the start of the line comments right above the line of i, i
// when there are none or when they begin the file.
func (t *text) commentAbove(i int) int {
	first := i
	for line := t.lineStart(i); line > t.head(); {
		line = t.lineStart(line - 1)
		s := strings.TrimSpace(string(t.b[line:t.lineEnd(line)]))
		if !strings.HasPrefix(s, "#") && !strings.HasPrefix(s, "//") {
			return first
		}
		if line == t.head() {
			return i
		}
		first = line
	}
	return first
}

// remove takes items out, in runs of neighbours.
func (c *container) remove(indexes ...int) ([]source.Edit, error) {
	gone := make([]bool, len(c.items))
	for _, i := range indexes {
		gone[i] = true
	}
	var edits []source.Edit
	for i := 0; i < len(gone); i++ {
		if !gone[i] {
			continue
		}
		first := i
		for i < len(gone) && gone[i] {
			i++
		}
		run, err := c.removeRun(first, i)
		if err != nil {
			return nil, err
		}
		edits = append(edits, run...)
	}
	return c.finish(edits)
}

// removeRun removes the items [i, j), of which the neighbours stay.
func (c *container) removeRun(i, j int) ([]source.Edit, error) {
	t := c.text
	first, last := c.items[i], c.items[j-1]
	from, to := first.start, c.close
	switch {
	case j-i == len(c.items) && c.separators(c.open+1, c.close, i, j):
		return []source.Edit{t.edit(c.open, c.close+1, string(t.b[c.open])+string(t.b[c.close]))}, nil
	case c.onLines(i, j):
		return c.removeItems(i, j), nil
	case j < len(c.items):
		to = c.items[j].start
	case i > 0:
		from, to = c.items[i-1].value.end, last.end()
	}
	if !c.separators(from, to, i, j) {
		return nil, errors.New("comments stand around it on its line")
	}
	return []source.Edit{t.edit(from, to, "")}, nil
}

// separators says that only white space and commas stand around the items
// [i, j) in the range.
func (c *container) separators(from, to, i, j int) bool {
	for _, it := range c.items[i:j] {
		if strings.Trim(string(c.text.b[from:it.start]), " \t\r\n,") != "" {
			return false
		}
		from = it.value.end
	}
	return strings.Trim(string(c.text.b[from:to]), " \t\r\n,") == ""
}

// onLines says that each of the items [i, j) has lines of its own.
func (c *container) onLines(i, j int) bool {
	for _, it := range c.items[i:j] {
		if _, ok := c.afterItem(it); !ok || !c.text.leads(it.start) {
			return false
		}
	}
	return true
}

// removeItems removes items that have lines of their own, and the comma in
// front of them when it would end a list that had no comma at its end.
func (c *container) removeItems(i, j int) []source.Edit {
	var edits []source.Edit
	for _, it := range c.items[i:j] {
		end, _ := c.afterItem(it)
		edits = append(edits, c.removeLines(it, end))
	}
	if j == len(c.items) && i > 0 && c.items[j-1].comma < 0 && c.items[i-1].comma >= 0 {
		comma := c.items[i-1].comma
		edits = append(edits, c.text.edit(comma, comma+1, ""))
	}
	return edits
}

// removeLines removes an item that has lines of its own, and one of two blank
// lines that would meet.
func (c *container) removeLines(it item, end int) source.Edit {
	t := c.text
	start, next := t.lineStart(it.start), t.nextLine(end)
	above := start
	if start > t.head() {
		above = t.lineStart(start - 1)
	}
	blankAbove := above < start && t.blankLine(above)
	switch {
	case t.blankLine(next) && (blankAbove || start == t.head() || above <= c.open && c.open < start):
		next = t.nextLine(next)
	case blankAbove && (t.lineStart(c.close) == next || next >= len(t.b)):
		start = above
	}
	return t.edit(start, next, "")
}
