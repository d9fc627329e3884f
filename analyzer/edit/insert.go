package edit

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// SetMember sets a member of an object, or an attribute of a block: it
// replaces its value, or adds it after the others.
func SetMember(obj *value.Value, name string, v Node) ([]source.Edit, error) {
	c, err := openObject(obj)
	if err != nil {
		return nil, err
	}
	return c.set(name, v)
}

// RenameMember writes another member of an object, or attribute of a block, in
// place of one.
func RenameMember(obj *value.Value, name, to string, v Node) ([]source.Edit, error) {
	c, err := openObject(obj)
	if err != nil {
		return nil, err
	}
	if err := c.dialect.check(v); err != nil {
		return nil, err
	}
	i, err := c.find(name)
	if err != nil {
		return nil, err
	}
	if j, err := c.find(to); err != nil || i < 0 || j >= 0 || c.items[i].block {
		return nil, fmt.Errorf("%s cannot take the place of %s", to, name)
	}
	it := c.items[i]
	s := c.style()
	s.indent = c.text.indent(it.start)
	s.inline = c.crowded(it)
	return c.finish([]source.Edit{c.text.edit(it.start, it.value.end, s.member(to, v))})
}

// InsertMember is SetMember for a member that must not be there yet.
func InsertMember(obj *value.Value, name string, v Node) ([]source.Edit, error) {
	c, err := openObject(obj)
	if err != nil {
		return nil, err
	}
	if i, err := c.find(name); err != nil || i >= 0 {
		return nil, fmt.Errorf("%s is there already", name)
	}
	return c.set(name, v)
}

func openObject(obj *value.Value) (*container, error) {
	c, err := open(obj)
	if err != nil {
		return nil, err
	}
	if c.list() {
		return nil, errors.New("the value is a list there")
	}
	return c, nil
}

func (c *container) set(name string, v Node) ([]source.Edit, error) {
	if err := c.dialect.check(v); err != nil {
		return nil, err
	}
	i, err := c.find(name)
	if err != nil {
		return nil, err
	}
	var edits []source.Edit
	switch {
	case i >= 0 && c.items[i].block:
		return nil, fmt.Errorf("%s is a block there", name)
	case i >= 0:
		edits, err = c.replace(i, v)
	case c.kind == hclBody:
		edits, err = c.addAttribute(name, v)
	default:
		edits, err = c.add(func(s style) string { return s.member(name, v) }, v)
	}
	if err != nil {
		return nil, err
	}
	return c.finish(edits)
}

// finish realigns HCL lines as terraform fmt would.
func (c *container) finish(edits []source.Edit) ([]source.Edit, error) {
	if c.json() {
		_, err := source.Apply(c.text.file, edits)
		return effective(edits), err
	}
	return fit(c.text.file, edits)
}

// replace writes a new value for an item.
func (c *container) replace(i int, v Node) ([]source.Edit, error) {
	it := c.items[i]
	s := c.style()
	s.indent = c.text.indent(it.value.start)
	s.inline = c.crowded(it)
	return []source.Edit{c.text.edit(it.value.start, it.value.end, s.render(v))}, nil
}

// crowded says that the item shares its lines with others, and its value is on
// one line.
func (c *container) crowded(it item) bool {
	return !c.text.leads(it.start) && bytes.IndexByte(c.text.b[it.start:it.value.end], '\n') < 0
}

// AppendElement adds an element at the end of a list. What is not a list but
// a string or an object becomes the first element of one, as policy elements
// may be written without brackets.
func AppendElement(list *value.Value, v Node) ([]source.Edit, error) {
	if list != nil && (list.Is(value.String) || list.IsMapping()) && list.Syntax != value.SyntaxBlock {
		return wrap(list, v)
	}
	c, err := open(list)
	if err != nil {
		return nil, err
	}
	if !c.list() {
		return nil, errNotLiteral
	}
	if err := c.dialect.check(v); err != nil {
		return nil, err
	}
	edits, err := c.add(func(s style) string { return s.render(v) }, v)
	if err != nil {
		return nil, err
	}
	return c.finish(edits)
}

// wrap makes a list of a single value and another.
func wrap(v *value.Value, more Node) ([]source.Edit, error) {
	lit, err := literalOf(v)
	if err != nil {
		return nil, err
	}
	c := &container{text: lit.text, kind: hclList, dialect: lit.dialect, open: lit.whole.start, close: lit.whole.end}
	if lit.dialect.json {
		c.kind = jsonList
	}
	if err := c.dialect.check(more); err != nil {
		return nil, err
	}
	s := c.style()
	if v.IsMapping() {
		m, err := open(v)
		if err != nil {
			return nil, err
		}
		s.like(m)
	}
	s.indent = c.text.indent(lit.whole.end)
	s.inline = bytes.IndexByte(c.text.b[lit.whole.start:lit.whole.end], '\n') < 0
	return c.finish([]source.Edit{
		c.text.insert(lit.whole.start, "["),
		c.text.insert(lit.whole.end, s.comma+s.render(more)+"]"),
	})
}

// add writes an item after the others.
func (c *container) add(render func(style) string, v Node) ([]source.Edit, error) {
	if len(c.items) == 0 {
		return c.fill(render, v)
	}
	last := c.items[len(c.items)-1]
	if last.heredoc && last.comma < 0 && c.list() {
		return nil, errors.New("the list ends in a heredoc without a comma")
	}
	if c.text.leads(last.start) {
		return c.addLine(last, render)
	}
	s := c.style()
	s.indent = c.text.indent(last.value.end)
	s.inline = bytes.IndexByte(c.text.b[last.start:last.value.end], '\n') < 0
	if last.heredoc {
		return nil, errors.New("the object ends in a heredoc")
	}
	if last.comma >= 0 {
		return []source.Edit{c.text.insert(last.end(), strings.TrimPrefix(s.comma, ",")+render(s)+",")}, nil
	}
	return []source.Edit{c.text.insert(last.value.end, s.comma+render(s))}, nil
}

// addLine writes an item on a line of its own below the last one.
func (c *container) addLine(last item, render func(style) string) ([]source.Edit, error) {
	t := c.text
	s := c.style()
	s.indent = t.indent(last.start)
	item := s.newline + s.indent + render(s)
	end, ok := c.afterItem(last)
	if !ok { // the closing bracket is on the line
		end = last.end()
	}
	if last.comma >= 0 {
		return []source.Edit{t.insert(end, item+",")}, nil
	}
	if !c.wantsComma() || last.heredoc {
		return []source.Edit{t.insert(end, item)}, nil
	}
	if end == last.value.end {
		return []source.Edit{t.insert(end, ","+item)}, nil
	}
	return []source.Edit{t.insert(last.value.end, ","), t.insert(end, item)}, nil
}

// wantsComma says that the last item needs a comma when another follows.
func (c *container) wantsComma() bool {
	if c.kind != hclObject {
		return c.kind != hclBody
	}
	for _, it := range c.items {
		if it.comma >= 0 {
			return true
		}
	}
	return false
}

// afterItem is the end of the line on which an item ends, past comments; ok is
// false when something else follows on the line.
func (c *container) afterItem(it item) (end int, ok bool) {
	b := c.text.b
	for i := it.end(); i < len(b); {
		switch rest := b[i:]; {
		case rest[0] == '\n' || bytes.HasPrefix(rest, []byte("\r\n")):
			return i, true
		case rest[0] == ' ' || rest[0] == '\t':
			i++
		case !c.json() && (rest[0] == '#' || bytes.HasPrefix(rest, []byte("//"))):
			return c.text.lineEnd(i), true
		case !c.json() && bytes.HasPrefix(rest, []byte("/*")):
			k := bytes.Index(rest, []byte("*/"))
			if k < 0 {
				return 0, false
			}
			i += k + 2
		default:
			return 0, false
		}
	}
	return len(b), true
}

// fill writes the first item.
func (c *container) fill(render func(style) string, v Node) ([]source.Edit, error) {
	t := c.text
	s := c.style()
	inner := string(t.b[c.open+1 : c.close])
	lines := strings.Contains(inner, "\n")
	if lines && t.leads(c.close) {
		s.indent = t.indent(c.close)
	}
	open, closing := string(t.b[c.open]), string(t.b[c.close])
	switch {
	case strings.TrimSpace(inner) != "": // comments
		if !lines || !t.leads(c.close) {
			return nil, errors.New("only comments stand between the brackets")
		}
		return []source.Edit{t.insert(t.lineStart(c.close), s.deeper().indent+render(s.deeper())+s.newline)}, nil
	case lines || c.sole() && !c.list() && !v.scalar() && !(v.kind == listNode && v.flat()):
		in := s.deeper()
		return []source.Edit{t.edit(c.open, c.close+1, open+s.newline+in.indent+render(in)+s.newline+s.indent+closing)}, nil
	}
	if c.list() {
		s.pad = ""
	}
	s.inline = !c.sole()
	return []source.Edit{t.edit(c.open, c.close+1, open+s.pad+render(s)+s.pad+closing)}, nil
}
