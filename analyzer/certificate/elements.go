package certificate

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// An element is a piece of a pattern: a letter, a wildcard, or the text of a
// variable.
type element struct {
	kind   elementKind
	letter byte
	// inside is of a wildcard that does not match a colon.
	inside bool
	of     *variable // of a request, once the pattern is read for one
	// key and otherwise are of a policy variable: ${key, 'otherwise'}.
	key        string
	otherwise  string
	hasDefault bool
}

type elementKind uint8

const (
	letter elementKind = iota
	anyLetter
	anyText
	policyVariable
	requestVariable
	gap // something that is not known
)

// element is the set of texts of one that stands for no variable.
func (p *pool) element(e element) *regex {
	var but byte
	if e.inside {
		but = ':'
	}
	switch e.kind {
	case letter:
		return p.text(string([]byte{e.letter}))
	case anyLetter:
		return p.anyBut(but)
	}
	return p.star(p.anyBut(but))
}

// elements is the set of texts of some that stand for no variable.
func (p *pool) elements(list []element, fold bool) *regex {
	var out []*regex
	for _, e := range list {
		out = append(out, p.element(e))
	}
	r := p.concat(out...)
	if fold {
		r = p.folded(r)
	}
	return r
}

// spelling is what is special in a text of a policy.
type spelling struct{ wildcards, variables bool }

// read takes a pattern of a policy apart.
func (e *encoder) read(p policy.Pattern, s spelling) []element {
	if p.Value == nil {
		return readText(p.String(), s)
	}
	if own := e.ofSelf(p.Value); own != nil {
		return own
	}
	parts, ok := p.Value.AsParts()
	if !ok {
		if text, known := p.Text(); known {
			return readText(text, s)
		}
		return []element{{kind: gap}}
	}
	var out []element
	for _, part := range parts {
		if part.Hole != nil {
			out = append(out, e.hole(part.Hole)...)
		} else {
			out = append(out, readText(part.Text.String, s)...)
		}
	}
	return out
}

// hole is what is known of something that the code does not tell: the partition is
// the one that is asked about, and an account that is one and the same wherever it
// stands is a variable.
func (e *encoder) hole(v *value.Value) []element {
	if own := e.ofSelf(v); own != nil {
		return own
	}
	switch {
	case v.Ref != nil && v.Ref.Type == "aws_partition" && (v.Ref.Attr == "partition" || v.Ref.Attr == "id"):
		return letters(e.partition)
	case v.Same != "":
		return []element{{kind: requestVariable, of: e.unnamed(v.Same)}}
	}
	return []element{{kind: gap}}
}

// unnamed is the variable of an account that the code does not tell, by what it is
// called.
func (e *encoder) unnamed(name string) *variable {
	v, ok := e.accounts[name]
	if !ok {
		v = e.shared("account that is not known "+itoa(len(e.accounts)+1), e.digits(12))
		e.accounts[name] = v
	}
	return v
}

func readText(text string, s spelling) []element {
	var out []element
	for i := 0; i < len(text); {
		c := text[i]
		end := -1
		if s.variables && c == '$' && strings.HasPrefix(text[i:], "${") {
			end = closing(text[i:])
		}
		switch {
		case end >= 0:
			out = append(out, readVariable(text[i+2:i+end])...)
			i += end + 1
			continue
		case s.wildcards && c == '*':
			if n := len(out); n == 0 || out[n-1].kind != anyText {
				out = append(out, element{kind: anyText})
			}
		case s.wildcards && c == '?':
			out = append(out, element{kind: anyLetter})
		default:
			out = append(out, element{letter: c})
		}
		i++
	}
	return out
}

// closing is where the brace stands that closes the variable that a text begins
// with; one between single quotes does not.
func closing(text string) int {
	quoted := false
	for i := 2; i < len(text); i++ {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == '}' && !quoted:
			return i
		}
	}
	return strings.IndexByte(text, '}')
}

// readVariable reads what stands between ${ and }.
func readVariable(body string) []element {
	switch body {
	case "*", "?", "$":
		return []element{{letter: body[0]}}
	}
	key, rest, hasDefault := strings.Cut(body, ",")
	e := element{kind: policyVariable, key: strings.ToLower(key), hasDefault: hasDefault}
	if hasDefault {
		inner, opened := strings.CutPrefix(rest, " '")
		inner, closed := strings.CutSuffix(inner, "'")
		if !opened || !closed {
			return []element{{kind: gap}}
		}
		e.otherwise = inner
	}
	if key == "" || strings.ContainsAny(key, " \t${'\"*?") {
		return []element{{kind: gap}}
	}
	return []element{e}
}

// letters is a text as elements.
func letters(text string) []element {
	out := make([]element, len(text))
	for i := range len(text) {
		out[i] = element{letter: text[i]}
	}
	return out
}

// variables are the keys of the policy variables.
func variables(list []element) []string {
	var out []string
	for _, e := range list {
		if e.kind == policyVariable && !slices.Contains(out, e.key) {
			out = append(out, e.key)
		}
	}
	return out
}

func has(list []element, kind elementKind) bool {
	return slices.ContainsFunc(list, func(e element) bool { return e.kind == kind })
}
