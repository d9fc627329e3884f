package proof

import (
	"maps"
	"slices"

	"github.com/iamvet/iamvet/analyzer/automaton"
)

// Several keys of a request may be about one thing: a user's ARN, account, name
// and id are one user's, the claims of a token one token's. Such a thing is made
// of parts (the account, the path, the name), of which the keys are functions. It
// is written part by part, and two beginnings that all patterns of all keys treat
// alike are one: what is left is one of the things for every way in which the
// patterns can tell them apart.

// A part is what things are made of.
type part struct {
	name     string
	language automaton.Language
	seeds    []string         // telling texts, tried first
	not      []automaton.Glob // texts that it is not
	like     []automaton.Glob // one of which it is in, where there are any
	closed   bool             // it is one of the seeds
	// twice asks for two texts of each kind, where there are two.
	twice bool
}

// A facet is a key of things, with the patterns that it is compared with.
type facet struct {
	pieces []piece
	globs  []automaton.Glob
	open   bool // anything may follow the pieces
}

// A piece of a facet is a part or, when that is "", a text.
type piece struct{ text, part string }

// composed is a thing: the texts of its parts.
type composed map[string]string

// maxComposed bounds the beginnings of things that are told apart at once.
const maxComposed = 2048

// A composer writes things.
type composer struct {
	machine    automaton.Machine
	incomplete bool
}

// writing is the beginning of a thing.
type writing struct {
	state  automaton.State
	values composed
	copies string // which of several of a kind its parts are
}

// tracking is a facet that is tested, and where the writing stands.
type tracking struct {
	pieces []piece
	globs  map[int]bool
	open   bool
	at     int
}

// compose gives things of the parts, in the order in which these are written, one
// for every way in which the facets' patterns tell them apart. It is false when
// one may be missing.
func compose(parts []part, facets []facet) (out []composed, complete bool) {
	var c composer
	var tracked []*tracking
	for _, f := range facets {
		if len(f.globs) == 0 {
			continue
		}
		t := &tracking{pieces: f.pieces, globs: map[int]bool{}, open: f.open}
		for _, g := range f.globs {
			t.globs[c.machine.Add(g)] = true
		}
		tracked = append(tracked, t)
	}
	begin := writing{state: c.machine.Start(), values: composed{}}
	for _, t := range tracked {
		begin.state = t.literals(&c.machine, begin.state)
	}
	things := []writing{begin}
	for _, p := range parts {
		var of []*tracking
		for _, t := range tracked {
			if t.at < len(t.pieces) && t.pieces[t.at].part == p.name {
				of = append(of, t)
			}
		}
		things = c.further(p, of, things)
	}
	for _, t := range tracked {
		if t.at < len(t.pieces) {
			c.incomplete = true // the facets write their parts in different orders
		}
	}
	for _, t := range things {
		out = append(out, t.values)
	}
	return out, !c.incomplete
}

// literals reads what a facet has before its next part.
func (t *tracking) literals(m *automaton.Machine, s automaton.State) automaton.State {
	for t.at < len(t.pieces) && t.pieces[t.at].part == "" {
		own, rest := m.Split(s, t.globs)
		s = automaton.Join(rest, m.Read(own, t.pieces[t.at].text))
		t.at++
	}
	return s
}

// further writes one more part of every thing.
func (c *composer) further(p part, of []*tracking, things []writing) []writing {
	at := make([]int, len(of))
	globs := map[int]bool{}
	for i, t := range of {
		at[i] = t.at
		maps.Copy(globs, t.globs)
	}
	seen := map[string]bool{}
	var out []writing
	last := map[int]bool{} // patterns of facets that end with the part
	for _, t := range of {
		if t.at+1 == len(t.pieces) && !t.open {
			maps.Copy(last, t.globs)
		}
	}
	for i, thing := range things {
		if c.machine.Exhausted() && i > 0 {
			c.incomplete = true
			break
		}
		active, rest := c.machine.Split(thing.state, globs)
		for _, found := range c.texts(p, active, last) {
			s := automaton.Join(rest, found.State)
			for i, t := range of {
				t.at = at[i] + 1
				s = t.literals(&c.machine, s)
			}
			s = c.settled(s, of)
			copies := thing.copies + found.copy
			// The state is all that the patterns remember: whatever is written after two
			// beginnings with one state, they treat it alike, and one of the two is enough.
			key := copies + "\x00" + s.Key(0)
			if seen[key] {
				continue
			}
			if len(out) >= maxComposed {
				c.incomplete = true
				break
			}
			seen[key] = true
			values := maps.Clone(thing.values)
			values[p.name] = found.Text
			out = append(out, writing{s, values, copies})
		}
	}
	return out
}

// settled is a state without what no longer matters of the facets that are written
// to their end: whether a pattern matches does, how it came near to it does not.
func (c *composer) settled(s automaton.State, of []*tracking) automaton.State {
	whole := map[int]bool{}
	for _, t := range of {
		if t.at == len(t.pieces) && !t.open {
			maps.Copy(whole, t.globs)
		}
	}
	return c.machine.Settle(s, whole)
}

// A wording is a text of a part, with which of several alike it is.
type wording struct {
	automaton.Visit
	copy string
}

// texts are texts of a part, one or two for each way in which the automata tell
// them apart, the most telling first. Of the patterns that are last only whether
// they match counts.
func (c *composer) texts(p part, active automaton.State, last map[int]bool) []wording {
	m := &c.machine
	patterns := m.Len()
	// What the part is not is added to the automata for this part alone: kept, it would
	// tell things apart that no policy does.
	defer func() { m.Truncate(patterns) }()
	start := slices.Clone(active)
	beside := func(g automaton.Glob) { start = m.Begin(start, m.Add(g)) }
	for _, g := range p.not {
		beside(g)
	}
	required := m.Len() // and on
	for _, g := range p.like {
		beside(g)
	}
	begun := m.Len()
	// Nothing compares the part with anything: one text is as good as another.
	if len(start) == 0 && !p.twice && len(p.seeds) > 0 {
		return []wording{{Visit: automaton.Visit{Text: p.seeds[0]}}}
	}
	var out []wording
	seen := map[string]bool{}
	copies := [...]string{"", "'"} // marks of the first of a kind, and of the second
	add := func(v automaton.Visit) {
		kept := m.Settle(m.Of(v.State, patterns), last)
		fits := len(p.like) == 0
		for _, g := range m.Matches(v.State) {
			switch {
			case g < patterns:
			case required <= g && g < begun:
				fits = true
			default:
				return // what it is not
			}
		}
		if !fits {
			return
		}
		key := kept.Key(0)
		n := 0
		for n < len(copies) && seen[copies[n]+key] {
			n++
		}
		if n == len(copies) || n > 0 && !p.twice {
			return
		}
		if slices.ContainsFunc(out, func(t wording) bool { return t.Text == v.Text }) {
			return
		}
		seen[copies[n]+key] = true
		out = append(out, wording{automaton.Visit{State: kept, Text: v.Text}, copies[n]})
	}
	for i, seed := range p.seeds {
		if i > 0 && m.Exhausted() {
			c.incomplete = true
			return out
		}
		add(automaton.Visit{State: m.Read(slices.Clone(start), seed), Text: seed})
	}
	if p.closed || len(active) == 0 && len(out) > 0 {
		return out
	}
	walk := func() {
		if !m.Walk(start, p.language, func(v automaton.Visit, accepted bool) (more, deeper bool) {
			if accepted {
				add(v)
			}
			return true, true
		}) {
			c.incomplete = true
		}
	}
	walk()
	if p.twice { // again, without those that were found
		for _, t := range slices.Clone(out) {
			beside(automaton.Text(t.Text))
		}
		walk()
	}
	return out
}
