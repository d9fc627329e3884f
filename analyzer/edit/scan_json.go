package edit

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

var errNotJSON = errors.New("the text there is not JSON")

// open is the object, list or body that v is written as.
func open(v *value.Value) (*container, error) {
	if v != nil {
		v = callOf(v)
	}
	if v == nil || v.Span.IsZero() {
		return nil, errors.New("the value has no text to edit")
	}
	switch v.Syntax {
	case value.SyntaxHCL, value.SyntaxBlock:
		if jsonFile(v.Span.File) {
			return nil, errors.New("an expression inside a JSON string cannot be edited")
		}
		scan := scanExpr
		if v.Syntax == value.SyntaxBlock {
			scan = scanBody
		}
		c, err := scan(v.Span)
		if err != nil {
			return nil, err
		}
		c.dialect.document = inDocument(v.Span)
		return c, nil
	case value.SyntaxNone:
		return nil, errors.New("the value is computed")
	}
	t, d, err := jsonText(v)
	if err != nil {
		return nil, err
	}
	start := t.index(v.Span.Start)
	if start >= len(t.b) || t.b[start] != '{' && t.b[start] != '[' {
		return nil, errNotLiteral
	}
	return scanJSON(t, d, start)
}

func jsonFile(f *source.File) bool { return strings.HasSuffix(f.Name, ".json") }

// tfJSONFile says that strings in the JSON file are templates.
func tfJSONFile(f *source.File) bool { return strings.HasSuffix(f.Name, ".tf.json") }

// jsonText is the text that the JSON of v stands in, and its dialect.
func jsonText(v *value.Value) (*text, dialect, error) {
	d := dialect{json: true}
	switch v.Syntax {
	case value.SyntaxTemplateJSON:
		d.template = true
	case value.SyntaxTFJSON:
		d.template = true
		d.document = inJSONDocument(v.Span)
	case value.SyntaxQuotedJSON:
		inJSON := jsonFile(v.Span.File)
		d.template = !inJSON || tfJSONFile(v.Span.File)
		d.quoted = true
		t, err := view(v.Span, inJSON, d.template)
		return t, d, err
	}
	return fileText(v.Span.File), d, nil
}

// jsonScanner walks JSON text, which may have interpolations in it.
type jsonScanner struct {
	b        []byte
	at       int
	template bool
}

func (sc *jsonScanner) peek() byte {
	if sc.at < len(sc.b) {
		return sc.b[sc.at]
	}
	return 0
}

func (sc *jsonScanner) space() {
	for sc.at < len(sc.b) && strings.IndexByte(" \t\r\n", sc.b[sc.at]) >= 0 {
		sc.at++
	}
}

// scanJSON reads the object or list that begins at start.
func scanJSON(t *text, d dialect, start int) (*container, error) {
	sc := &jsonScanner{b: t.b, at: start, template: d.template}
	c := &container{text: t, dialect: d, kind: jsonObject, open: start}
	closing := byte('}')
	if sc.peek() == '[' {
		c.kind, closing = jsonList, ']'
	}
	sc.at++
	for {
		sc.space()
		if sc.peek() == closing {
			c.close = sc.at
			return c, nil
		}
		it, err := sc.item(c)
		if err != nil {
			return nil, err
		}
		c.items = append(c.items, it)
		if it.comma < 0 && sc.peek() != closing {
			return nil, errNotJSON // %{ if }, or an interpolation that brings members
		}
	}
}

func (sc *jsonScanner) item(c *container) (item, error) {
	it := item{start: sc.at, comma: -1}
	if c.kind == jsonObject {
		s, ok := sc.str()
		if !ok {
			return it, errNotJSON
		}
		it.key = span{it.start, sc.at}
		it.name, _ = jsonString(s, c.dialect)
		sc.space()
		if sc.peek() != ':' {
			return it, errNotJSON
		}
		sc.at++
		sc.space()
	}
	it.value.start = sc.at
	if !sc.skipValue() {
		return it, errNotJSON
	}
	it.value.end = sc.at
	sc.space()
	if sc.peek() == ',' {
		it.comma = sc.at
		sc.at++
	}
	return it, nil
}

// str reads a string literal and returns its text.
func (sc *jsonScanner) str() (string, bool) {
	if sc.peek() != '"' {
		return "", false
	}
	start := sc.at
	if sc.template {
		end, ok := skipTemplate(sc.b, sc.at)
		if !ok {
			return "", false
		}
		sc.at = end
		return string(sc.b[start:end]), true
	}
	for sc.at++; sc.at < len(sc.b); sc.at++ {
		switch sc.b[sc.at] {
		case '\\':
			sc.at++
		case '"':
			sc.at++
			return string(sc.b[start:sc.at]), true
		}
	}
	return "", false
}

// skipValue steps over a value of any kind.
func (sc *jsonScanner) skipValue() bool {
	start, depth := sc.at, 0
	for sc.at < len(sc.b) {
		switch c := sc.b[sc.at]; {
		case c == '"':
			if _, ok := sc.str(); !ok {
				return false
			}
			continue
		case sc.template && (c == '$' || c == '%') && literalRun(sc.b[sc.at:]) == 0:
			if c == '%' && depth == 0 {
				return false // a directive may repeat members or leave them out
			}
			end, ok := skipInterpolation(sc.b, sc.at)
			if !ok {
				return false
			}
			sc.at = end
			continue
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return sc.at > start
			}
			depth--
		case depth == 0 && strings.IndexByte(", \t\r\n", c) >= 0:
			return sc.at > start
		}
		sc.at++
	}
	return depth == 0 && sc.at > start
}

// jsonString is what a string literal stands for, when it has no
// interpolation.
func jsonString(literal string, d dialect) (string, bool) {
	var s string
	if json.Unmarshal([]byte(literal), &s) != nil {
		return "", false
	}
	if !d.template {
		return s, true
	}
	for i := 0; i < len(s); {
		k := strings.IndexAny(s[i:], "$%")
		if k < 0 {
			break
		}
		n := literalRun([]byte(s[i+k:]))
		if n == 0 {
			return "", false
		}
		i += k + n
	}
	s = strings.ReplaceAll(s, "$${", "${")
	return strings.ReplaceAll(s, "%%{", "%{"), true
}

// inJSONDocument says that s lies in an aws_iam_policy_document data source of
// a .tf.json file.
func inJSONDocument(s source.Span) bool {
	t := fileText(s.File)
	at := strings.IndexByte(string(t.b), '{')
	path := []string{"data", "aws_iam_policy_document"}
	for at >= 0 {
		if len(path) == 0 {
			return true
		}
		c, err := scanJSON(t, dialect{json: true, template: true}, at)
		if err != nil {
			return false
		}
		at = -1
		for _, it := range c.items {
			if it.value.start <= s.Start && s.End <= it.value.end && (c.list() || it.name == path[0]) {
				at = it.value.start
				if !c.list() {
					path = path[1:]
				}
			}
		}
		if at >= 0 && t.b[at] != '{' && t.b[at] != '[' {
			return false
		}
	}
	return false
}
