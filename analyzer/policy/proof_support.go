package policy

import "strings"

// A Symbol is one piece of a pattern, for automata: a byte, a byte without
// regard to ASCII case (FoldedByte added to it, in lower case), or a wildcard.
type Symbol int16

// The symbols that are not bytes. The segment forms do not match a colon: they
// stand in the first five segments of a pattern of an ARN operator, and in a
// resource that is Confined.
const (
	AnyByte        Symbol = -1
	AnyText        Symbol = -2
	AnySegmentByte Symbol = -3
	AnySegmentText Symbol = -4
	FoldedByte     Symbol = 256
)

// Symbols spells the pattern. A hole, or a variable whose value r does not
// give, is AnyText, and exact is then false. A variable that is absent without
// a default matches nothing: possible is false.
func (p Pattern) Symbols(r *Request) (symbols []Symbol, possible, exact bool) {
	exact = p.plain == nil
	colons := 0
	literal := func(s string) {
		for i := range len(s) {
			switch c := s[i]; {
			case p.fold && (c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'):
				symbols = append(symbols, FoldedByte+Symbol(c|0x20))
			default:
				symbols = append(symbols, Symbol(c))
			}
		}
		colons += strings.Count(s, ":")
	}
	for _, e := range p.elems {
		segment := p.arn && colons < 5 || p.confined && e.bound
		switch e.kind {
		case literalElem:
			literal(e.text)
		case anyElem:
			symbols = append(symbols, pick(segment, AnySegmentByte, AnyByte))
		case starElem:
			symbols = append(symbols, pick(segment, AnySegmentText, AnyText))
		case holeElem:
			symbols, exact = append(symbols, AnyText), false
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
				symbols, exact = append(symbols, AnyText), false
			}
		}
	}
	return symbols, true, exact
}

func pick(segment bool, a, b Symbol) Symbol {
	if segment {
		return a
	}
	return b
}

// MatchesAll says that the pattern is nothing but *.
func (p Pattern) MatchesAll() bool { return p.matchesAll() }

// Uncertain says that the statement may be narrower than its elements and
// conditions say: some of them are not listed, or AWS refuses the document.
func (s *Statement) Uncertain() bool { return s.uncertain() }
