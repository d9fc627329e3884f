package policy

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Pattern is a text of a policy that stands for a set of strings: literals, *,
// ?, ${variables} and holes. Which of these are special was decided when it
// was parsed, from the place where it stands and the Version. The zero Pattern
// stands for the empty string alone.
type Pattern struct {
	Value *value.Value // as written; nil for a pattern that stands nowhere

	elems []elem
	fold  bool // without regard to ASCII case
	arn   bool // of an ARN operator: six segments, compared one by one
	// resource: of a Resource element. AWS says that a * which ends a segment may
	// stand for what is beyond the colon, and of no other wildcard that it may or
	// may not.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
	resource bool
	// plain is the reading in which ${…} is text, when the Version that
	// decides is not known.
	plain *Pattern
	// segments are the elements of an ARN pattern, split at its first five
	// colons; nil when holes or variables are among them.
	segments [][]elem
	// confined: of a resource, bound wildcards do not match a colon.
	confined bool
}

type elemKind uint8

const (
	literalElem  elemKind = iota
	anyElem               // ?
	starElem              // *
	variableElem          // ${key} or ${key, 'default'}
	holeElem              // something that is not known
)

// elem is a piece of a pattern. Literals are never empty and never adjacent,
// nor are stars.
type elem struct {
	kind       elemKind
	text       string // of a literal; the key of a variable
	otherwise  string // the default of a variable
	hasDefault bool
	// bound: a wildcard of a resource that need not match a colon.
	bound bool
}

// syntax is what is special in a text.
type syntax struct {
	wildcards bool
	variables Tri // Unknown when it depends on a Version that is not known
	fold, arn bool
	resource  bool
}

// Glob is a pattern in which * and ? are wildcards and ${…} is text.
func Glob(text string) Pattern { return compileText(text, syntax{wildcards: true, variables: False}) }

// Exact is a pattern that stands for one string.
func Exact(text string) Pattern { return compileText(text, syntax{variables: False}) }

func compileText(text string, s syntax) Pattern {
	p := compile(value.Str(text), s)
	p.Value = nil
	return p
}

// compile reads a scalar. What is no scalar gives a hole.
func compile(v *value.Value, s syntax) Pattern {
	variables := s.variables
	if variables == Unknown {
		s.variables = True
	}
	p := compileAs(v, s)
	if variables == Unknown {
		s.variables = False
		if q := compileAs(v, s); !sameElems(p.elems, q.elems) {
			p.plain = &q
		}
	}
	return p
}

func compileAs(v *value.Value, s syntax) Pattern {
	b := patternBuilder{syntax: s}
	parts, ok := v.AsParts()
	if !ok {
		if text, known := scalarText(v); known {
			b.text(text)
		} else {
			b.add(elem{kind: holeElem})
		}
	}
	for i, part := range parts {
		if part.Hole != nil {
			b.hole()
		} else {
			b.more = i+1 < len(parts)
			b.text(part.Text.String)
		}
	}
	p := Pattern{Value: v, elems: b.elems, fold: s.fold, arn: s.arn, resource: s.resource}
	if s.resource {
		p.dropEarlyVariables()
		p.bindWildcards()
	}
	if s.arn && !p.has(holeElem) && !p.has(variableElem) {
		p.segments = split(p.elems)
	}
	return p
}

// dropEarlyVariables makes holes of the variables outside the resource part of
// an ARN: AWS documents variables there and nowhere else in a Resource.
func (p *Pattern) dropEarlyVariables() {
	colons := 0
	for i, e := range p.elems {
		switch {
		case e.kind == literalElem:
			colons += strings.Count(e.text, ":")
		case e.kind == variableElem && colons < 5:
			p.elems[i] = elem{kind: holeElem}
		}
	}
}

// bindWildcards marks the wildcards that AWS does not say to cross a colon: all
// but a * that ends a segment.
func (p *Pattern) bindWildcards() {
	for i, e := range p.elems {
		if e.kind != anyElem && e.kind != starElem {
			continue
		}
		ends := i+1 == len(p.elems) || p.elems[i+1].kind == literalElem && p.elems[i+1].text[0] == ':'
		p.elems[i].bound = e.kind == anyElem || !ends
	}
}

// Confined is a resource's pattern in which no wildcard crosses a colon but those
// that AWS says may. differs is false where the two are the same.
func (p Pattern) Confined() (q Pattern, differs bool) {
	p.confined = p.crosses()
	return p, p.confined
}

// scalarText is how a known bool or number is written as a string.
func scalarText(v *value.Value) (string, bool) {
	switch {
	case v.Is(value.Bool) && v.Bool:
		return "true", true
	case v.Is(value.Bool):
		return "false", true
	case v.Is(value.Number) && v.Number != nil:
		// 1e99999 is JSON, but no number that a policy means, and long to write.
		if e := v.Number.MantExp(nil); e > 1000 || e < -1000 {
			return "", false
		}
		return v.Number.Text('f', -1), true
	}
	return v.Text()
}

type patternBuilder struct {
	syntax
	elems []elem
	more  bool // a hole follows the text at hand
	begun bool // a ${ was met whose end is in or after a hole
}

func (b *patternBuilder) add(e elem) {
	if n := len(b.elems); n > 0 {
		last := &b.elems[n-1]
		switch {
		case e.kind == literalElem && last.kind == literalElem:
			last.text += e.text
			return
		case e.kind == starElem && last.kind == starElem, e.kind == holeElem && last.kind == holeElem:
			return
		}
	}
	b.elems = append(b.elems, e)
}

// hole adds a hole. It swallows a dollar sign before it, which it might make
// the beginning of a variable.
func (b *patternBuilder) hole() {
	if n := len(b.elems); b.variables == True && n > 0 && b.elems[n-1].kind == literalElem {
		if text, ok := strings.CutSuffix(b.elems[n-1].text, "$"); ok {
			b.elems[n-1].text = text
			if text == "" {
				b.elems = b.elems[:n-1]
			}
		}
	}
	b.add(elem{kind: holeElem})
}

func (b *patternBuilder) text(s string) {
	if b.variables == True {
		s = b.swallow(s)
	}
	for s != "" {
		i := 0
		for i < len(s) && s[i] != '$' && s[i] != '*' && s[i] != '?' {
			i++
		}
		if i > 0 {
			b.add(elem{kind: literalElem, text: s[:i]})
			s = s[i:]
			continue
		}
		switch {
		case s[0] == '$':
			s = b.dollar(s)
		case b.wildcards && s[0] == '*':
			b.add(elem{kind: starElem})
			s = s[1:]
		case b.wildcards:
			b.add(elem{kind: anyElem})
			s = s[1:]
		default:
			b.add(elem{kind: literalElem, text: s[:1]})
			s = s[1:]
		}
	}
}

// swallow drops text that may be the end of a variable begun in the hole
// before it: the hole stands for it as well.
func (b *patternBuilder) swallow(s string) string {
	n := len(b.elems)
	if n == 0 || b.elems[n-1].kind != holeElem {
		return s
	}
	end, begin := strings.IndexByte(s, '}'), strings.Index(s, "${")
	switch {
	case end >= 0 && (b.begun || begin < 0 || end < begin):
		b.begun = false
		return s[end+1:]
	case b.begun:
		return ""
	}
	return s
}

func (b *patternBuilder) dollar(s string) string {
	if b.variables != True || !strings.HasPrefix(s, "${") {
		b.add(elem{kind: literalElem, text: "$"})
		return s[1:]
	}
	end := variableEnd(s)
	switch {
	case end < 0 && b.more:
		b.begun = true
		b.add(elem{kind: holeElem})
		return ""
	case end < 0: // never closed: text
		b.add(elem{kind: literalElem, text: "${"})
		return s[2:]
	}
	body := s[2:end]
	if body == "*" || body == "?" || body == "$" {
		b.add(elem{kind: literalElem, text: body})
	} else {
		b.add(variableOf(body))
	}
	return s[end+1:]
}

// variableEnd is the offset of the brace that closes the variable s begins
// with, skipping a quoted default; -1 when there is none.
func variableEnd(s string) int {
	quoted := false
	for i := 2; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == '}' && !quoted:
			return i
		}
	}
	return strings.IndexByte(s, '}')
}

// variableOf reads key or key, 'default', with one blank, as AWS writes it. What
// has neither form is a hole: AWS says nothing about it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func variableOf(body string) elem {
	key, rest, hasDefault := strings.Cut(body, ",")
	e := elem{kind: variableElem, text: key}
	if hasDefault {
		if len(rest) < 3 || rest[:2] != " '" || rest[len(rest)-1] != '\'' {
			return elem{kind: holeElem}
		}
		e.otherwise, e.hasDefault = rest[2:len(rest)-1], true
	}
	if key == "" || strings.ContainsAny(key, " \t${'\"*?") {
		return elem{kind: holeElem}
	}
	return e
}

func sameElems(a, b []elem) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Span is where the pattern is written.
func (p Pattern) Span() source.Span {
	if p.Value == nil {
		return source.Span{}
	}
	return p.Value.Span
}

// Literal is the string when the pattern stands for exactly one.
func (p Pattern) Literal() (string, bool) {
	switch {
	case p.plain != nil || p.fold && len(p.elems) > 0:
		return "", false
	case len(p.elems) == 0:
		return "", true
	case len(p.elems) == 1 && p.elems[0].kind == literalElem:
		return p.elems[0].text, true
	}
	return "", false
}

// Text is the pattern as written, when all of it is known.
func (p Pattern) Text() (string, bool) {
	if p.Value != nil {
		return scalarText(p.Value)
	}
	return p.String(), !p.HasHole()
}

// String is the pattern as written; holes print as ${…}.
func (p Pattern) String() string {
	var b strings.Builder
	if parts, ok := p.Value.AsParts(); ok && p.Value != nil {
		for _, part := range parts {
			if part.Hole != nil {
				b.WriteString("${…}")
			} else {
				b.WriteString(part.Text.String)
			}
		}
		return b.String()
	}
	for _, e := range p.elems {
		switch e.kind {
		case literalElem:
			b.WriteString(e.text)
		case anyElem:
			b.WriteByte('?')
		case starElem:
			b.WriteByte('*')
		case variableElem:
			b.WriteString("${" + e.text)
			if e.hasDefault {
				b.WriteString(", '" + e.otherwise + "'")
			}
			b.WriteByte('}')
		case holeElem:
			b.WriteString("${…}")
		}
	}
	return b.String()
}

func (p Pattern) has(kind elemKind) bool {
	for _, e := range p.elems {
		if e.kind == kind {
			return true
		}
	}
	return p.plain != nil && p.plain.has(kind)
}

// HasHole says that part of the pattern is not known, or means nothing that
// AWS documents.
func (p Pattern) HasHole() bool { return p.has(holeElem) }

// HasWildcard says that * or ? stands in it as a wildcard.
func (p Pattern) HasWildcard() bool { return p.has(starElem) || p.has(anyElem) }

// Variables are the keys of its policy variables, as written.
func (p Pattern) Variables() []string {
	var out []string
	for _, e := range p.elems {
		if e.kind == variableElem {
			out = append(out, e.text)
		}
	}
	return out
}

// matchesAll says that the pattern is nothing but *.
func (p Pattern) matchesAll() bool {
	return len(p.elems) == 1 && p.elems[0].kind == starElem && !p.arn && p.plain == nil
}
