package policy

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
)

// Pattern inclusion is decided on automata.

// bound says what holes and unresolved variables stand for.
type bound int8

const (
	most  bound = iota // every text
	least              // none
)

// machine is several patterns side by side.
type machine struct {
	automaton.Machine
	symbols map[string]rune
	loose   bool // variables are bound like holes, not symbols
}

// add appends a pattern and returns its number. A pattern whose Version is not
// known has two readings: the caller picks one.
func (m *machine) add(p Pattern, b bound) int {
	var out automaton.Glob
	// Wildcards of an ARN operator stay in their segment, all but the last;
	// those of a Resource that are bound when in doubt; of what is no ARN nobody
	// knows.
	vague := p.vague() || m.loose && p.has(variableElem)
	bounded := 0
	if p.arn && !vague {
		bounded = min(5, p.colons())
	}
	colons := 0
	for _, e := range p.elems {
		segment := colons < bounded || e.bound && b == least
		switch {
		case e.kind == literalElem:
			colons += strings.Count(e.text, ":")
			out = appendLiteral(out, e.text, p.fold)
		case e.kind == anyElem:
			out = append(out, automaton.Node{Kind: automaton.One, Segment: segment})
		case e.kind == starElem:
			out = append(out, automaton.Node{Kind: automaton.Many, Segment: segment, Variables: !segment})
		case e.kind == variableElem && !m.loose:
			out = append(out, automaton.Node{Rune: m.symbol(e)})
		case b == most:
			out = append(out, automaton.Node{Kind: automaton.Many, Variables: true})
		default:
			out = append(out, automaton.Node{Kind: automaton.Nothing})
		}
	}
	if vague && b == least {
		out = append(out, automaton.Node{Kind: automaton.Nothing})
	}
	return m.Add(out)
}

func appendLiteral(to automaton.Glob, text string, fold bool) automaton.Glob {
	for _, r := range text {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if fold && letter {
			r = rune(lower(byte(r)))
		}
		to = append(to, automaton.Node{Rune: r, Fold: fold && letter})
	}
	return to
}

// vague says that what the pattern stands for is not certain: it has holes, or
// is no ARN where one is compared.
func (p *Pattern) vague() bool { return p.has(holeElem) || p.arn && p.isARN() != True }

// crosses says that a wildcard may or may not match a colon.
func (p *Pattern) crosses() bool {
	for _, e := range p.elems {
		if e.bound {
			return true
		}
	}
	return false
}

func (p *Pattern) colons() int {
	n := 0
	for _, e := range p.elems {
		if e.kind == literalElem {
			n += strings.Count(e.text, ":")
		}
	}
	return n
}

func (m *machine) symbol(e elem) rune {
	key := lowerText(e.text)
	if e.hasDefault {
		key += ", '" + e.otherwise + "'"
	}
	if m.symbols == nil {
		m.symbols = map[string]rune{}
	}
	r, ok := m.symbols[key]
	if !ok {
		r = automaton.FirstVariable + rune(len(m.symbols))
		m.symbols[key] = r
	}
	return r
}

// find is the shortest text of a language in all of the patterns numbered in and
// none of those numbered out.
func (m *machine) find(l automaton.Language, in, out []int) (text string, found Tri) {
	text, f := m.Find(l, in, out)
	return text, map[automaton.Found]Tri{automaton.None: False, automaton.Some: True, automaton.TooMany: Unknown}[f]
}

// Glob is the pattern for automata. A hole, or a variable whose value r does not
// give, is any text, and exact is then false. A variable that is absent without
// a default matches nothing: possible is false.
func (p Pattern) Glob(r *Request) (g automaton.Glob, possible, exact bool) {
	exact = p.plain == nil
	colons := 0
	literal := func(s string) {
		g = appendLiteral(g, s, p.fold)
		colons += strings.Count(s, ":")
	}
	for _, e := range p.elems {
		segment := p.arn && colons < 5 || p.confined && e.bound
		switch e.kind {
		case literalElem:
			literal(e.text)
		case anyElem:
			g = append(g, automaton.Node{Kind: automaton.One, Segment: segment})
		case starElem:
			g = append(g, automaton.Node{Kind: automaton.Many, Segment: segment})
		case holeElem:
			g, exact = append(g, automaton.Node{Kind: automaton.Many}), false
		case variableElem:
			v := ContextValue{Presence: Either}
			if r != nil {
				v = r.Lookup(e.text)
			}
			switch {
			case v.Presence == Known && len(v.Values) == 1 && !v.Multi:
				literal(v.Values[0])
			case v.Presence == Absent && e.hasDefault:
				literal(e.otherwise)
			case v.Presence == Absent:
				return nil, false, exact
			default:
				g, exact = append(g, automaton.Node{Kind: automaton.Many}), false
			}
		}
	}
	return g, true, exact
}

// MatchesAll says that the pattern is nothing but *.
func (p Pattern) MatchesAll() bool { return p.matchesAll() }

// Uncertain says that the statement may be narrower than its elements and
// conditions say: some of them are not listed, or AWS refuses the document.
func (s *Statement) Uncertain() bool { return s.uncertain() }

// Certain is the statement as if all of it were listed, and AWS took its document.
func (s *Statement) Certain() *Statement {
	c := *s
	c.Optional, c.Open, c.conditionsOpen, c.Malformed, c.Document = false, false, false, false, nil
	return &c
}
