package edit

import (
	"errors"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// InsertBlock adds a nested block to a block: after the last one of its type,
// else after the last nested block, else at the end.
func InsertBlock(block *value.Value, name string, body Node) ([]source.Edit, error) {
	c, err := openObject(block)
	if err != nil {
		return nil, err
	}
	if err := c.dialect.check(body); err != nil {
		return nil, err
	}
	if c.json() && block.Syntax == value.SyntaxTFJSON {
		return c.addJSONBlock(name, body)
	}
	if c.kind != hclBody {
		return nil, errors.New("the value is no block there")
	}
	body.kind = blockNode
	edits, err := c.addBlock(name, body)
	if err != nil {
		return nil, err
	}
	return c.finish(edits)
}

// addJSONBlock adds to an object of Terraform JSON, in which blocks of a type
// are one object or a list of them.
func (c *container) addJSONBlock(name string, body Node) ([]source.Edit, error) {
	body.kind = objectNode
	i, err := c.find(name)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		if c.blocksInLists() {
			body = List(body)
		}
		return c.add(func(s style) string { return s.member(name, body) }, body)
	}
	at := source.Span{File: c.text.file, Start: c.items[i].value.start, End: c.items[i].value.end}
	there := &value.Value{Kind: value.Tuple, Span: at, Syntax: value.SyntaxTFJSON}
	if c.text.b[at.Start] == '{' {
		there.Kind = value.Object
	}
	return AppendElement(there, body)
}

// blocksInLists says that the blocks in c are written as lists of objects.
func (c *container) blocksInLists() bool {
	for _, it := range c.items {
		v := string(c.text.b[it.value.start:it.value.end])
		if strings.HasPrefix(v, "[") && strings.HasPrefix(strings.TrimSpace(v[1:]), "{") {
			return true
		}
	}
	return false
}

func (c *container) addBlock(name string, body Node) ([]source.Edit, error) {
	t := c.text
	if !c.open2lines() {
		return c.unfold(func(s style, empty bool) string {
			gap := s.newline
			if empty {
				gap = ""
			}
			return gap + s.deeper().block(name, body) + s.newline
		})
	}
	s := c.bodyStyle()
	if len(c.items) == 0 {
		return []source.Edit{t.insert(t.lineStart(c.close), s.deeper().block(name, body)+s.newline)}, nil
	}
	anchor, blank := c.blockAnchor(name)
	end, ok := c.afterItem(c.items[anchor])
	if !ok {
		return nil, errors.New("something follows a block on its line")
	}
	s.indent = c.itemIndent(s)
	text := s.newline + s.block(name, body)
	if blank {
		text = s.newline + text
	}
	if next := t.nextLine(end); blank && anchor+1 < len(c.items) && !t.blankLine(next) {
		text += s.newline
	}
	return []source.Edit{t.insert(end, text)}, nil
}

// bodyStyle is the style of lines in a body, with the body's indentation.
func (c *container) bodyStyle() style {
	s := c.style()
	s.indent = c.text.indent(c.close)
	s.assign, s.quoteKeys, s.trailing = " = ", false, false
	return s
}

// itemIndent is the indentation of the items in a body.
func (c *container) itemIndent(s style) string {
	for _, it := range c.items {
		if c.text.leads(it.start) {
			return c.text.indent(it.start)
		}
	}
	return s.deeper().indent
}

// open2lines says that the closing brace of the body has a line of its own.
func (c *container) open2lines() bool {
	return c.text.lineStart(c.open) != c.text.lineStart(c.close) && c.text.leads(c.close)
}

// blockAnchor is the item after which a nested block goes, and whether a blank
// line goes before it.
func (c *container) blockAnchor(name string) (anchor int, blank bool) {
	last, same := -1, -1
	between, blanks := 0, 0
	for i, it := range c.items {
		if !it.block {
			continue
		}
		if last >= 0 && last == i-1 {
			between++
			if c.blankBefore(i) {
				blanks++
			}
		}
		last = i
		if it.name == name {
			same = i
		}
	}
	anchor = last
	if same >= 0 {
		anchor = same
	}
	switch {
	case last < 0:
		return len(c.items) - 1, true
	case between > 0:
		return anchor, blanks > 0
	case last == 0:
		return anchor, true
	}
	return anchor, c.blankBefore(last)
}

// blankBefore says that a blank line stands between item i and the one before.
func (c *container) blankBefore(i int) bool {
	from := c.open
	if i > 0 {
		from = c.items[i-1].end()
	}
	for at := c.text.nextLine(from); at <= c.items[i].start; at = c.text.nextLine(at) {
		if c.text.blankLine(at) {
			return true
		}
		if at == len(c.text.b) {
			break
		}
	}
	return false
}

// unfold writes a body that stands on one line over several, with more lines
// at its end.
func (c *container) unfold(more func(s style, empty bool) string) ([]source.Edit, error) {
	t := c.text
	s := c.style()
	s.indent = t.indent(c.open)
	s.assign, s.pad = " = ", " "
	if len(c.items) == 0 {
		if strings.TrimSpace(string(t.b[c.open+1:c.close])) != "" {
			return nil, errors.New("only comments stand between the braces")
		}
		return []source.Edit{t.edit(c.open+1, c.close, s.newline+more(s, true)+s.indent)}, nil
	}
	first, last := c.items[0], c.items[len(c.items)-1]
	lead, tail := string(t.b[c.open+1:first.start]), string(t.b[last.value.end:c.close])
	if len(c.items) > 1 || strings.TrimSpace(lead+tail) != "" {
		return nil, errors.New("the body is laid out in a way that cannot be extended")
	}
	return []source.Edit{
		t.edit(c.open+1, first.start, s.newline+s.deeper().indent),
		t.edit(last.value.end, c.close, s.newline+more(s, false)+s.indent),
	}, nil
}

// SetAttribute adds or replaces an attribute of the block at body, with or
// without its header; of the object there in a .tf.json file.
func SetAttribute(body source.Span, name string, v Node) ([]source.Edit, error) {
	if body.IsZero() {
		return nil, errors.New("the block has no text to edit")
	}
	return SetMember(bodyValue(body), name, v)
}

// bodyValue is a value that stands for a block by its place alone.
func bodyValue(body source.Span) *value.Value {
	v := &value.Value{Kind: value.Object, Span: body, Syntax: value.SyntaxBlock}
	if jsonFile(body.File) {
		v.Syntax = value.SyntaxTFJSON
		if k := strings.IndexByte(body.Text(), '{'); k > 0 {
			v.Span.Start += k
		}
	}
	return v
}

// Where the attributes that Terraform itself understands stand by convention:
// https://developer.hashicorp.com/terraform/language/style
var (
	leadingMeta  = map[string]bool{"count": true, "for_each": true, "provider": true, "source": true, "version": true, "providers": true}
	trailingMeta = map[string]bool{"depends_on": true}
)

// addAttribute adds to the last attributes in front of nested blocks.
func (c *container) addAttribute(name string, v Node) ([]source.Edit, error) {
	t := c.text
	if !c.open2lines() {
		return c.unfold(func(s style, empty bool) string {
			return s.deeper().indent + s.deeper().member(name, v) + s.newline
		})
	}
	s := c.bodyStyle()
	s.indent = c.itemIndent(s)
	line := s.indent + s.member(name, v)
	if len(c.items) == 0 {
		return []source.Edit{t.insert(t.lineStart(c.close), line+s.newline)}, nil
	}
	anchor, apart := c.attributeAnchor()
	if anchor < 0 { // only blocks: in front of them
		at := t.nextLine(c.open)
		if t.lineStart(c.items[0].start) < at {
			return nil, errors.New("a block begins on the line of the opening brace")
		}
		return []source.Edit{t.insert(at, line+s.newline+s.newline)}, nil
	}
	end, ok := c.afterItem(c.items[anchor])
	if !ok {
		return nil, errors.New("something follows an attribute on its line")
	}
	text := s.newline + line
	if apart {
		text = s.newline + text
		if next := t.nextLine(end); anchor+1 < len(c.items) && !t.blankLine(next) {
			text += s.newline
		}
	}
	return []source.Edit{t.insert(end, text)}, nil
}

// attributeAnchor is the attribute after which another goes; -1 when there is
// none. apart says that a blank line belongs between them.
func (c *container) attributeAnchor() (anchor int, apart bool) {
	anchor = -1
	seenBlock := false
	for i, it := range c.items {
		switch {
		case it.block:
			seenBlock = true
		case leadingMeta[it.name]:
			if anchor < 0 {
				anchor, apart = i, true
			}
			if apart {
				anchor = i
			}
		case trailingMeta[it.name]:
		case !seenBlock || anchor < 0 || apart:
			anchor, apart = i, false
		}
	}
	return anchor, apart
}

// AppendToFile adds text, one or more blocks, at the end of a file, behind a
// blank line. It is laid out as terraform fmt would, with the file's indentation.
func AppendToFile(f *source.File, text string) ([]source.Edit, error) {
	if f == nil || jsonFile(f) {
		return nil, errors.New("blocks can only be appended to files in HCL syntax")
	}
	t := fileText(f)
	newline := t.newline(len(t.b))
	body := lines(t.format(text), newline, "")
	before := ""
	rest := strings.TrimPrefix(string(f.Bytes), bom)
	switch {
	case strings.TrimSpace(rest) == "":
	case !strings.HasSuffix(rest, "\n"):
		before = newline + newline
	case !strings.HasSuffix(strings.ReplaceAll(rest, "\r\n", "\n"), "\n\n"):
		before = newline
	}
	return []source.Edit{t.insert(len(t.b), before+body+newline)}, nil
}

// InsertAfterBlock adds text, one or more blocks, behind the block at span,
// with blank lines around it, laid out like that of AppendToFile.
func InsertAfterBlock(block source.Span, text string) ([]source.Edit, error) {
	if block.IsZero() || jsonFile(block.File) {
		return nil, errors.New("blocks can only be added to files in HCL syntax")
	}
	t := fileText(block.File)
	c := &container{text: t, kind: hclBody}
	end, ok := c.afterItem(item{value: span{block.Start, block.End}, comma: -1})
	if !ok {
		return nil, errors.New("something follows the block on its line")
	}
	newline := t.newline(block.Start)
	body := newline + newline + lines(t.format(text), newline, t.indent(block.Start))
	next := t.nextLine(end)
	if rest := strings.TrimSpace(string(t.b[next:])); rest != "" && !strings.HasPrefix(rest, "}") && !t.blankLine(next) {
		body += newline
	}
	if end == len(t.b) {
		body += newline
	}
	return []source.Edit{t.insert(end, body)}, nil
}

var firstIndented = regexp.MustCompile(`(?m)^[A-Za-z].*\n([ \t]+)[^ \t\r\n]`)

// format lays blocks out as terraform fmt does, and indents them by what the
// file indents by.
func (t *text) format(blocks string) string {
	formatted := string(hclwrite.Format([]byte(blocks)))
	unit := firstIndented.FindSubmatch(t.b)
	if unit == nil || string(unit[1]) == "  " {
		return formatted
	}
	parts := strings.SplitAfter(formatted, "\n")
	for i, p := range parts {
		rest := strings.TrimLeft(p, " ")
		parts[i] = strings.Repeat(string(unit[1]), (len(p)-len(rest))/2) + rest
	}
	return strings.Join(parts, "")
}

// lines is text with the line endings and the indentation of the place where
// it goes.
func lines(text, newline, indent string) string {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	parts := strings.Split(text, "\n")
	for i, p := range parts {
		if p != "" {
			parts[i] = indent + p
		}
	}
	return strings.Join(parts, newline)
}
