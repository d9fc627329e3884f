// Package automaton decides about sets of strings that patterns describe: which
// sets several patterns divide a language into, and a string of each.
//
// A pattern is a line of nodes. A state is the set of nodes that the text read so
// far may have reached, in several patterns at once: the product of their
// automata, made as it is walked. A breadth-first walk meets each state by its
// shortest text first. What it may take is bounded, and a walk that met its bound
// says so: nothing universal may be concluded from it.
package automaton

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// FirstVariable begins the characters that stand for values nobody knows, beyond
// Unicode: only a wildcard and the same variable match them.
const FirstVariable rune = utf8.MaxRune + 1

// Kind is what a Node matches.
type Kind uint8

// The kinds of nodes.
const (
	Literal Kind = iota // one certain character
	One                 // any one character
	Many                // any number of characters
	Nothing             // no text at all
	end
)

// A Node is one piece of a Glob.
type Node struct {
	Kind Kind
	Rune rune // of a Literal; in lower case when it is folded
	Fold bool // of a Literal: without regard to ASCII case
	// Segment: a wildcard that does not match a colon.
	Segment bool
	// Variables: a Many that holds variables too.
	Variables bool
}

func (n *Node) takes(r rune) bool {
	switch n.Kind {
	case Literal:
		return n.Rune == r || n.Fold && lower(r) == n.Rune
	case One:
		return r < FirstVariable && !(n.Segment && r == ':')
	case Many:
		return r < FirstVariable && !(n.Segment && r == ':') || r >= FirstVariable && n.Variables
	}
	return false
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// A Glob is a pattern.
type Glob []Node

// Parse reads * and ? as wildcards, everything else as itself.
func Parse(pattern string) Glob {
	g := make(Glob, 0, len(pattern))
	for _, r := range pattern {
		switch r {
		case '*':
			g = append(g, Node{Kind: Many})
		case '?':
			g = append(g, Node{Kind: One})
		default:
			g = append(g, Node{Rune: r})
		}
	}
	return g
}

// Text is the pattern of one string.
func Text(s string) Glob {
	g := make(Glob, 0, len(s))
	for _, r := range s {
		g = append(g, Node{Rune: r})
	}
	return g
}

// FoldedText is the pattern of a string in any letter case.
func FoldedText(s string) Glob {
	return Text(s).Folded()
}

// Folded is the pattern without regard to ASCII case.
func (g Glob) Folded() Glob {
	out := slices.Clone(g)
	for i, n := range out {
		if r := lower(n.Rune); n.Kind == Literal && 'a' <= r && r <= 'z' {
			out[i].Rune, out[i].Fold = r, true
		}
	}
	return out
}

// Plain is the string that a pattern without wildcards stands for; of a folded
// one that in lower case.
func (g Glob) Plain() (s string, ok bool) {
	var b strings.Builder
	for _, n := range g {
		if n.Kind != Literal {
			return "", false
		}
		b.WriteRune(n.Rune)
	}
	return b.String(), true
}

// Matches says that a string is one of the pattern's.
func (g Glob) Matches(text string) bool {
	var m Machine
	p := m.Add(g)
	return m.Accepts(m.Read(m.Start(), text), p)
}

// Fill is a string of the pattern, with texts in the place of its wildcards.
func (g Glob) Fill(one, many string) string {
	var b strings.Builder
	for _, n := range g {
		switch n.Kind {
		case Literal:
			b.WriteRune(n.Rune)
		case One:
			b.WriteString(one)
		case Many:
			b.WriteString(many)
		}
	}
	return b.String()
}

const (
	// MaxStates bounds the states of one walk.
	MaxStates = 50_000
	// MaxNodes bounds the nodes that all states of a machine look at: some hundreds
	// of long patterns make every state large.
	MaxNodes = 2_000_000
)

// A State is the nodes that are reached, ascending.
type State []int32

// A Machine is several patterns side by side.
type Machine struct {
	nodes     []Node
	starts    []int32
	ends      []int32
	variables int
	looked    int
}

// Add appends a pattern and returns its number.
func (m *Machine) Add(g Glob) int {
	m.starts = append(m.starts, int32(len(m.nodes)))
	for _, n := range g {
		if last := len(m.nodes) - 1; n.Kind == Many && last >= int(m.starts[len(m.starts)-1]) && m.nodes[last] == n {
			continue
		}
		if n.Kind == Literal && n.Rune >= FirstVariable {
			m.variables = max(m.variables, int(n.Rune-FirstVariable)+1)
		}
		m.nodes = append(m.nodes, n)
	}
	m.ends = append(m.ends, int32(len(m.nodes)))
	m.nodes = append(m.nodes, Node{Kind: end})
	return len(m.ends) - 1
}

// Len is how many patterns it has.
func (m *Machine) Len() int { return len(m.ends) }

// Truncate takes away all patterns but the first n.
func (m *Machine) Truncate(n int) {
	if n < len(m.starts) {
		m.nodes = m.nodes[:m.starts[n]]
		m.starts, m.ends = m.starts[:n], m.ends[:n]
	}
}

// Exhausted says that the machine has looked at as much as it may.
func (m *Machine) Exhausted() bool { return m.looked >= MaxNodes }

// Start is the state of all patterns before any text.
func (m *Machine) Start() State {
	var s State
	for i := range m.starts {
		s = m.Begin(s, i)
	}
	return s
}

// Begin adds the beginning of one pattern to a state that holds none of it, nor
// of any after it.
func (m *Machine) Begin(s State, pattern int) State {
	return m.reach(s, m.starts[pattern])
}

// reach adds a node, and what follows it when it may be skipped.
func (m *Machine) reach(s State, n int32) State {
	for {
		s = append(s, n)
		if m.nodes[n].Kind != Many {
			return s
		}
		n++
	}
}

// Step reads one character. into, which may be nil, is overwritten.
func (m *Machine) Step(s State, r rune, into State) State {
	into = into[:0]
	m.looked += len(s)
	sorted := true
	for _, n := range s {
		if !m.nodes[n].takes(r) {
			continue
		}
		if m.nodes[n].Kind != Many {
			n++
		}
		if len(into) > 0 && into[len(into)-1] >= n {
			sorted = false
		}
		into = m.reach(into, n)
	}
	if sorted {
		return into
	}
	slices.Sort(into)
	return slices.Compact(into)
}

// Read is the state after a text.
func (m *Machine) Read(s State, text string) State {
	for _, r := range text {
		s = m.Step(s, r, nil)
	}
	return s
}

// Split parts a state into the nodes of some patterns, by number, and those of the
// others.
func (m *Machine) Split(s State, patterns map[int]bool) (own, rest State) {
	at := 0
	for _, n := range s {
		for n > m.ends[at] {
			at++
		}
		if patterns[at] {
			own = append(own, n)
		} else {
			rest = append(rest, n)
		}
	}
	return own, rest
}

// Of is the part of a state that is of the first n patterns.
func (m *Machine) Of(s State, n int) State {
	if n >= len(m.starts) {
		return s
	}
	i, _ := slices.BinarySearch(s, m.starts[n])
	return s[:i]
}

// Settle is a state without the nodes of some patterns but those that say that the
// pattern matches.
func (m *Machine) Settle(s State, patterns map[int]bool) State {
	var out State
	at := 0
	for _, n := range s {
		for n > m.ends[at] {
			at++
		}
		if !patterns[at] || n == m.ends[at] {
			out = append(out, n)
		}
	}
	return out
}

// Join is the union of two states.
func Join(a, b State) State {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// Accepts says that the text which leads to the state is in the pattern.
func (m *Machine) Accepts(s State, pattern int) bool {
	_, ok := slices.BinarySearch(s, m.ends[pattern])
	return ok
}

// Alive says that some text may yet be accepted by the pattern.
func (m *Machine) Alive(s State, pattern int) bool {
	i, _ := slices.BinarySearch(s, m.starts[pattern])
	return i < len(s) && s[i] <= m.ends[pattern]
}

// Matches are the patterns that hold the text which leads to the state, ascending.
func (m *Machine) Matches(s State) []int {
	var out []int
	for _, n := range s {
		if m.nodes[n].Kind == end {
			p, _ := slices.BinarySearch(m.ends, n)
			out = append(out, p)
		}
	}
	return out
}

// Key is equal for equal states of a machine and, of a language, equal states.
func (s State) Key(language int) string {
	b := make([]byte, 0, 3*len(s)+2)
	b = append(b, byte(language), byte(language>>8))
	for _, n := range s {
		b = append(b, byte(n), byte(n>>8), byte(n>>16))
	}
	return string(b)
}

// runes are characters of which every kind that the state and the language can
// tell apart has one: the colon, the literals that may come next, in both cases
// where that matters, and of each group of the language one that is none of these.
func (m *Machine) runes(s State, l *Language, into []rune) []rune {
	into = append(into[:0], ':')
	for _, n := range s {
		if nd := &m.nodes[n]; nd.Kind == Literal && nd.Rune < FirstVariable {
			into = addRune(into, nd.Rune)
			if nd.Fold && !l.Fold && 'a' <= nd.Rune && nd.Rune <= 'z' {
				into = addRune(into, nd.Rune-'a'+'A')
			}
		}
	}
	literals := len(into)
	for i := range l.Groups {
		// The first group is the usual one, and comes last.
		for _, r := range l.Groups[(i+1)%len(l.Groups)] {
			if !slices.Contains(into[:literals], r) {
				into = append(into, r)
				break
			}
		}
	}
	for i := range m.variables {
		into = append(into, FirstVariable+rune(i))
	}
	return into
}

func addRune(to []rune, r rune) []rune {
	if slices.Contains(to, r) {
		return to
	}
	return append(to, r)
}

// A Visit is a state with the shortest text that leads to it.
type Visit struct {
	State State
	Text  string
}

// Walk visits the states that texts of the language lead to from a state, the
// shortest texts first, with whether the language accepts the text. visit says
// whether to go on, and whether to look beyond the state. complete is false when
// a bound ended the walk.
func (m *Machine) Walk(from State, l Language, visit func(v Visit, accepted bool) (more, deeper bool)) (complete bool) {
	type entry struct {
		Visit
		legal, length int
	}
	queue := []entry{{Visit: Visit{State: from}}}
	seen := map[string]bool{from.Key(0): true}
	var next State
	var runes []rune
	for at := 0; at < len(queue); at++ {
		v := queue[at]
		queue[at] = entry{}
		more, deeper := visit(v.Visit, l.Accepts(v.legal))
		if !more {
			return true
		}
		if !deeper || l.Longest > 0 && v.length >= l.Longest {
			continue // states are met by their shortest texts first
		}
		runes = m.runes(v.State, &l, runes)
		for _, r := range runes {
			legal := l.Step(v.legal, r)
			if legal < 0 {
				continue
			}
			next = m.Step(v.State, r, next)
			key := next.Key(legal)
			if seen[key] {
				continue
			}
			if len(seen) >= MaxStates || m.Exhausted() {
				return false
			}
			seen[key] = true
			text := v.Text
			if r < FirstVariable {
				text += string(r)
			}
			queue = append(queue, entry{Visit{slices.Clone(next), text}, legal, v.length + 1})
		}
	}
	return true
}

// Found is what Find came to.
type Found int8

// What Find may come to.
const (
	None    Found = iota // no such string
	Some                 // there is one
	TooMany              // a bound ended the search
)

// Find is the shortest string of the language that is in all of the patterns
// numbered in and none of those numbered out.
func (m *Machine) Find(l Language, in, out []int) (text string, found Found) {
	complete := m.Walk(m.Start(), l, func(v Visit, good bool) (more, deeper bool) {
		for _, p := range in {
			if !m.Alive(v.State, p) {
				return true, false
			}
			good = good && m.Accepts(v.State, p)
		}
		for _, p := range out {
			good = good && !m.Accepts(v.State, p)
		}
		if good {
			text, found = v.Text, Some
		}
		return !good, true
	})
	if !complete && found == None {
		found = TooMany
	}
	return text, found
}

// A Region is a set of strings that no pattern tells apart, and one of them.
type Region struct {
	Sample  string
	Matches []int // indexes of the patterns that hold it, ascending
}

// Regions divide a language by which patterns match. seeds are tried first, so
// that a region is shown by a telling sample where there is one. complete is
// false when a bound was met: then a region may be missing, and nothing universal
// may be concluded.
func Regions(globs []Glob, l Language, seeds []string) (out []Region, complete bool) {
	m := Machine{}
	for _, g := range globs {
		m.Add(g)
	}
	seen := map[string]bool{}
	add := func(sample string, s State) {
		matches := m.Matches(s)
		if key := fmt.Sprint(matches); !seen[key] {
			seen[key] = true
			out = append(out, Region{sample, matches})
		}
	}
	for _, text := range seeds {
		read := text
		if l.Fold {
			read = strings.ToLower(text)
		}
		if !l.Contains(read) {
			continue
		}
		s := m.Start()
		for _, r := range read {
			if m.Exhausted() {
				return out, false
			}
			s = m.Step(s, r, nil)
		}
		add(text, s)
	}
	complete = m.Walk(m.Start(), l, func(v Visit, accepted bool) (more, deeper bool) {
		if accepted {
			add(v.Text, v.State)
		}
		return true, true
	})
	return out, complete
}
