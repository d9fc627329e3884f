package policy

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
)

// Language is a set of strings over an alphabet, with bounds on their length
// in characters: the legal values of a condition key.
type Language struct {
	Alphabet string // ASCII characters, with ranges: "A-Za-z0-9_+=,.@-"; a - at an end is itself
	Min, Max int    // Max 0 is unbounded
}

// SessionNames are the legal role session names.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var SessionNames = Language{"A-Za-z0-9_+=,.@-", 2, 64}

// automaton is the language for automata.
func (l Language) automaton() automaton.Language {
	var characters strings.Builder
	runes := []rune(l.Alphabet)
	for i := 0; i < len(runes); i++ {
		from, to := runes[i], runes[i]
		if i+2 < len(runes) && runes[i+1] == '-' {
			to = runes[i+2]
			i += 2
		}
		for r := from; r <= to; r++ {
			characters.WriteRune(r)
		}
	}
	return automaton.Words(nicest(characters.String()), l.Min, l.Max)
}

// nicest puts the characters first that witnesses are made of where any will do.
func nicest(characters string) string {
	const preferred = "xyzabcdefghijklmnopqrstuvw0123456789-_XYZABCDEFGHIJKLMNOPQRSTUVW./@+=, "
	rank := func(r rune) int {
		if i := strings.IndexRune(preferred, r); i >= 0 {
			return i
		}
		return len(preferred) + int(r)
	}
	runes := []rune(characters)
	slices.SortStableFunc(runes, func(a, b rune) int { return rank(a) - rank(b) })
	return string(runes)
}

// Contains says that s is in the language.
func (l Language) Contains(s string) bool {
	return l.automaton().Contains(s)
}

// Accepts says whether the patterns together match every string of the
// language. When they do not, witness is the shortest string that escapes.
func (l Language) Accepts(patterns ...Pattern) (all Tri, witness string) {
	witness, found := l.Witness(nil, patterns)
	return found.Not(), witness
}

// Witness is the shortest string of the language that is in all of in and in
// none of out. found is False when there is none, and Unknown when holes or
// variables decide, or when the search became too large. Resolve variables
// first.
func (l Language) Witness(in, out []Pattern) (s string, found Tri) {
	s, found = l.witness(in, out, least, most)
	if found == True || exact(in) && exact(out) {
		return s, found
	}
	if _, found = l.witness(in, out, most, least); found == False {
		return "", False
	}
	return "", Unknown
}

// exact says that no pattern has holes, variables or two readings.
func exact(patterns []Pattern) bool {
	for _, p := range patterns {
		if p.plain != nil || p.vague() || p.has(variableElem) || p.resource && p.crosses() {
			return false
		}
	}
	return true
}

func (l Language) witness(in, out []Pattern, inBound, outBound bound) (string, Tri) {
	m := machine{loose: true}
	var all []int
	for _, p := range in {
		all = append(all, m.add(p, inBound))
		if p.plain != nil && inBound == least {
			all = append(all, m.add(*p.plain, inBound))
		}
	}
	var none []int
	for _, p := range out {
		none = append(none, m.add(p, outBound))
		if p.plain != nil && outBound == most {
			none = append(none, m.add(*p.plain, outBound))
		}
	}
	return m.find(l.automaton(), all, none)
}

// Covers says whether every string of q is in p, whatever the variables' values
// (one that both name has the same in both).
func (p Pattern) Covers(q Pattern) Tri {
	if p.plain != nil || q.plain != nil {
		return agree(p, q, Pattern.Covers)
	}
	m := machine{}
	if _, found := m.find(automaton.Everything, []int{m.add(q, most)}, []int{m.add(p, least)}); found == False {
		return True
	}
	if q.has(variableElem) || q.arn && q.vague() {
		return Unknown // a variable without a value, or what is no ARN, makes q empty
	}
	m = machine{loose: true}
	if q.has(holeElem) {
		if _, found := m.find(automaton.Everything, []int{m.add(q, most), m.add(p, most)}, nil); found == False {
			return False
		}
		return Unknown
	}
	if _, found := m.find(automaton.Everything, []int{m.add(q, least)}, []int{m.add(p, most)}); found == True {
		return False
	}
	return Unknown
}

// Intersects says whether some string is in both.
func (p Pattern) Intersects(q Pattern) Tri {
	if p.plain != nil || q.plain != nil {
		return agree(p, q, Pattern.Intersects)
	}
	m := machine{loose: true}
	if _, found := m.find(automaton.Everything, []int{m.add(p, least), m.add(q, least)}, nil); found == True {
		return True
	}
	m = machine{loose: true}
	if _, found := m.find(automaton.Everything, []int{m.add(p, most), m.add(q, most)}, nil); found == False {
		return False
	}
	return Unknown
}

// agree asks about every reading of the patterns.
func agree(p, q Pattern, ask func(p, q Pattern) Tri) Tri {
	readings := func(p Pattern) []Pattern {
		variables := p
		variables.plain = nil
		if p.plain == nil {
			return []Pattern{variables}
		}
		return []Pattern{variables, *p.plain}
	}
	var answers []Tri
	for _, a := range readings(p) {
		for _, b := range readings(q) {
			answers = append(answers, ask(a, b))
		}
	}
	for _, a := range answers[1:] {
		if a != answers[0] {
			return Unknown
		}
	}
	return answers[0]
}
