package edit

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

var startPos = hcl.Pos{Line: 1, Column: 1}

// span is a range of bytes of a text.
type span struct{ start, end int }

// item is a member, element, attribute or nested block.
type item struct {
	name    string // "" of an element, and of a key that is computed
	start   int
	key     span
	value   span // of a block: its braces
	comma   int  // -1 when none follows
	block   bool
	heredoc bool // the value ends in a heredoc, after which only a newline may come
}

func (it item) end() int {
	if it.comma >= 0 {
		return it.comma + 1
	}
	return it.value.end
}

type containerKind int8

const (
	hclObject containerKind = iota
	hclList
	hclBody
	jsonObject
	jsonList
)

// container is an object, list or body with the places of what is in it.
type container struct {
	text        *text
	kind        containerKind
	dialect     dialect
	open, close int // of the brackets
	items       []item
}

func (c *container) list() bool { return c.kind == hclList || c.kind == jsonList }

func (c *container) json() bool { return c.kind == jsonObject || c.kind == jsonList }

// find is the index of the only item of that name; -1 when there is none.
func (c *container) find(name string) (int, error) {
	found := -1
	for i, it := range c.items {
		if it.name != name || c.list() {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%s is written twice", name)
		}
		found = i
	}
	return found, nil
}

// tokens are the HCL tokens of a span, at offsets of the file.
func tokens(s source.Span) (hclsyntax.Tokens, error) {
	pos := startPos
	pos.Byte = s.Start
	toks, diags := hclsyntax.LexConfig([]byte(s.Text()), s.File.Name, pos)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s: text is not HCL", s.File.Name)
	}
	return toks, nil
}

// depthChange is by how much a token nests what follows it.
func depthChange(t hclsyntax.Token) int {
	switch t.Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote,
		hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
		hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

func endsLine(t hclsyntax.Token) bool {
	return t.Type == hclsyntax.TokenNewline ||
		t.Type == hclsyntax.TokenComment && len(t.Bytes) > 0 && t.Bytes[len(t.Bytes)-1] == '\n'
}

// hclScanner walks the tokens between two brackets.
type hclScanner struct {
	toks hclsyntax.Tokens
	at   int
}

var errNotLiteral = errors.New("the value is not written as a literal there")

// scanExpr is the object or list that an HCL expression writes. The argument
// of jsonencode and the last one of merge and concat stand for the call: a
// member set there is set, an element added there comes last.
func scanExpr(s source.Span) (*container, error) {
	toks, err := tokens(s)
	if err != nil {
		return nil, err
	}
	sc := &hclScanner{toks: trimTokens(toks)}
	if err := sc.unwrap(); err != nil {
		return nil, err
	}
	c := &container{text: fileText(s.File), dialect: dialect{template: true}}
	switch sc.peek().Type {
	case hclsyntax.TokenOBrace:
		c.kind = hclObject
	case hclsyntax.TokenOBrack:
		c.kind = hclList
	default:
		return nil, errNotLiteral
	}
	return c, sc.scan(c)
}

// scanBody is the body of the HCL block at s, with or without its header; that
// of the content of a dynamic block.
func scanBody(s source.Span) (*container, error) {
	toks, err := tokens(s)
	if err != nil {
		return nil, err
	}
	sc := &hclScanner{toks: trimTokens(toks)}
	for sc.at < len(sc.toks) && sc.peek().Type != hclsyntax.TokenOBrace {
		sc.at++
	}
	if sc.at == len(sc.toks) {
		return nil, errors.New("the block has no body there")
	}
	c := &container{text: fileText(s.File), kind: hclBody, dialect: dialect{template: true}}
	if err := sc.scan(c); err != nil || string(sc.toks[0].Bytes) != "dynamic" {
		return c, err
	}
	i, err := c.find("content")
	if err != nil || i < 0 || !c.items[i].block {
		return nil, errors.New("a dynamic block has no content block")
	}
	return scanBody(source.Span{File: s.File, Start: c.items[i].value.start, End: c.items[i].value.end})
}

// trimTokens drops newlines, comments and the end of file around tokens.
func trimTokens(toks hclsyntax.Tokens) hclsyntax.Tokens {
	skip := func(t hclsyntax.Token) bool {
		return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment || t.Type == hclsyntax.TokenEOF
	}
	for len(toks) > 0 && skip(toks[0]) {
		toks = toks[1:]
	}
	for len(toks) > 0 && skip(toks[len(toks)-1]) {
		toks = toks[:len(toks)-1]
	}
	return toks
}

func (sc *hclScanner) peek() hclsyntax.Token {
	if sc.at < len(sc.toks) {
		return sc.toks[sc.at]
	}
	return hclsyntax.Token{Type: hclsyntax.TokenEOF}
}

// unwrap goes to the literal inside jsonencode(…), merge(…, …), concat(…, …)
// and (…).
func (sc *hclScanner) unwrap() error {
	for len(sc.toks) > 0 {
		inner := 1
		switch t := sc.toks[0]; {
		case t.Type == hclsyntax.TokenOParen:
		case t.Type == hclsyntax.TokenIdent && len(sc.toks) > 1 && sc.toks[1].Type == hclsyntax.TokenOParen &&
			(string(t.Bytes) == "jsonencode" || string(t.Bytes) == "merge" || string(t.Bytes) == "concat"):
			inner = 2
		default:
			return nil
		}
		if sc.toks[len(sc.toks)-1].Type != hclsyntax.TokenCParen {
			return errNotLiteral
		}
		args := sc.toks[inner : len(sc.toks)-1]
		depth, last := 0, 0
		for i, t := range args {
			depth += depthChange(t)
			if depth < 0 {
				return errNotLiteral // (a)(b): the last parenthesis is another's
			}
			if depth == 0 && t.Type == hclsyntax.TokenComma && len(trimTokens(args[i+1:])) > 0 {
				last = i + 1
			}
		}
		args = trimTokens(args[last:])
		if n := len(args); n > 0 && args[n-1].Type == hclsyntax.TokenComma {
			args = trimTokens(args[:n-1])
		}
		sc.toks = args
	}
	return errNotLiteral
}

// scan reads the items of c; the current token is its opening bracket.
func (sc *hclScanner) scan(c *container) error {
	c.open = sc.peek().Range.Start.Byte
	sc.at++
	for {
		t := sc.peek()
		switch {
		case t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment:
			sc.at++
			continue
		case t.Type == hclsyntax.TokenEOF:
			return errors.New("the text ends inside of brackets")
		case depthChange(t) < 0:
			c.close = t.Range.Start.Byte
			if sc.at++; sc.at != len(sc.toks) {
				return errNotLiteral // an index, an operator or another argument follows
			}
			return nil
		}
		it, err := sc.item(c)
		if err != nil {
			return err
		}
		c.items = append(c.items, it)
	}
}

func (sc *hclScanner) item(c *container) (item, error) {
	first := sc.peek()
	it := item{start: first.Range.Start.Byte, comma: -1}
	if first.Type == hclsyntax.TokenIdent && string(first.Bytes) == "for" && c.kind != hclBody && len(c.items) == 0 {
		if next := sc.toks[min(sc.at+1, len(sc.toks)-1)]; next.Type == hclsyntax.TokenIdent {
			return it, errors.New("a for expression makes the value")
		}
	}
	if c.kind != hclList {
		if err := sc.key(c, &it); err != nil {
			return it, err
		}
	}
	it.value.start = sc.peek().Range.Start.Byte
	if err := sc.value(c, &it); err != nil {
		return it, err
	}
	// A comma may come after comments, and in a list after newlines.
	for i := sc.at; i < len(sc.toks) && c.kind != hclBody; i++ {
		t := sc.toks[i]
		if t.Type == hclsyntax.TokenComma {
			it.comma = t.Range.Start.Byte
			sc.at = i + 1
			break
		}
		if c.kind != hclList && endsLine(t) || t.Type != hclsyntax.TokenComment && t.Type != hclsyntax.TokenNewline {
			break
		}
	}
	return it, nil
}

// key reads what stands before a value, separator included.
func (sc *hclScanner) key(c *container, it *item) error {
	from := sc.at
	depth := 0
	for ; ; sc.at++ {
		t := sc.peek()
		if t.Type == hclsyntax.TokenEOF || depth == 0 && endsLine(t) {
			return errors.New("the text is no list of members")
		}
		if depth == 0 {
			switch {
			case t.Type == hclsyntax.TokenEqual, t.Type == hclsyntax.TokenColon && c.kind == hclObject:
				it.key = span{it.start, sc.toks[sc.at-1].Range.End.Byte}
				it.name = keyName(sc.toks[from:sc.at])
				sc.at++
				for sc.peek().Type == hclsyntax.TokenComment && !endsLine(sc.peek()) {
					sc.at++
				}
				return nil
			case t.Type == hclsyntax.TokenOBrace && c.kind == hclBody && sc.at > from:
				it.key = span{it.start, sc.toks[sc.at-1].Range.End.Byte}
				it.name = keyName(sc.toks[from : from+1])
				it.block = true
				return nil
			}
		}
		depth += depthChange(t)
	}
}

// keyName is the name that an object key or block type spells; "" when it is
// computed.
func keyName(toks hclsyntax.Tokens) string {
	toks = trimTokens(toks)
	if len(toks) == 1 && toks[0].Type == hclsyntax.TokenIdent {
		return string(toks[0].Bytes)
	}
	if len(toks) < 3 || toks[0].Type != hclsyntax.TokenOQuote || toks[len(toks)-1].Type != hclsyntax.TokenCQuote {
		return ""
	}
	inner := ""
	for _, t := range toks[1 : len(toks)-1] {
		if t.Type != hclsyntax.TokenQuotedLit {
			return ""
		}
		inner += string(t.Bytes)
	}
	name, _ := hclString(inner)
	return name
}

// hclString is what the inside of a quoted HCL string stands for, when it has
// no interpolation.
func hclString(inner string) (string, bool) {
	e, diags := hclsyntax.ParseExpression([]byte(`"`+inner+`"`), "", startPos)
	if diags.HasErrors() {
		return "", false
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type().FriendlyName() != "string" {
		return "", false
	}
	return v.AsString(), true
}

// value reads a value or the body of a block.
func (sc *hclScanner) value(c *container, it *item) error {
	depth := 0
	it.value.end = -1
	for ; sc.at < len(sc.toks); sc.at++ {
		t := sc.toks[sc.at]
		if depth == 0 && it.value.end >= 0 {
			if t.Type == hclsyntax.TokenComma || depthChange(t) < 0 || it.block {
				return nil
			}
		}
		if depth == 0 && endsLine(t) {
			if it.value.end >= 0 && (c.kind != hclList || !sc.continues()) {
				return nil
			}
			continue
		}
		if t.Type == hclsyntax.TokenComment || t.Type == hclsyntax.TokenNewline {
			continue
		}
		depth += depthChange(t)
		if depth < 0 {
			break
		}
		it.value.end = t.Range.End.Byte
		it.heredoc = t.Type == hclsyntax.TokenCHeredoc
	}
	if it.value.end < 0 {
		return errors.New("a value is missing")
	}
	return nil
}

// continues says that the element of a list goes on after the newline here:
// anything but a comma or the closing bracket does that.
func (sc *hclScanner) continues() bool {
	for i := sc.at; i < len(sc.toks); i++ {
		switch t := sc.toks[i]; t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		case hclsyntax.TokenComma, hclsyntax.TokenCBrack:
			return false
		default:
			return true
		}
	}
	return false
}
