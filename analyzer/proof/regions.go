package proof

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// A glob is a pattern, spelled for the automaton.
type glob []policy.Symbol

// globOf reads * and ? as wildcards, everything else as itself.
func globOf(pattern string) glob {
	g := make(glob, len(pattern))
	for i := range len(pattern) {
		switch c := pattern[i]; c {
		case '*':
			g[i] = policy.AnyText
		case '?':
			g[i] = policy.AnyByte
		default:
			g[i] = policy.Symbol(c)
		}
	}
	return g
}

// literalGlob is the pattern of one string.
func literalGlob(s string) glob {
	g := make(glob, len(s))
	for i := range len(s) {
		g[i] = policy.Symbol(s[i])
	}
	return g
}

// A language says which strings a key may hold: the alphabet, and a small
// deterministic automaton whose start state is 0 and whose dead state is -1.
type language struct {
	alphabet string // representatives of every class of bytes, the nicest first
	step     func(state int, b byte) int
	accepts  func(state int) bool
	fold     bool   // compared without regard to case: it holds lower case only
	longest  int    // of its strings in bytes; 0 where there is no bound
	told     string // bytes, beside a colon and a slash, that the automaton tells from others
}

// anyText is every string of printable characters that is not empty.
var anyText = language{
	alphabet: "xyz0123456789abcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW-_./:@=+, *?",
	step:     func(int, byte) int { return 1 },
	accepts:  func(s int) bool { return s == 1 },
}

// sessionNames is [\w+=,.@-]{2,64}.
var sessionNames = language{
	alphabet: "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW_-+=,.@",
	step: func(s int, b byte) int {
		if !isNameByte(b) {
			return -1
		}
		return min(s+1, 2)
	},
	accepts: func(s int) bool { return s == 2 },
	longest: 64,
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("_+=,.@-", b) >= 0
}

// actionNames is service:Action in lower case.
var actionNames = language{
	alphabet: "zyxabcdefghijklmnopqrstuvw0123456789-:",
	step: func(s int, b byte) int {
		letter := b >= 'a' && b <= 'z' || b >= '0' && b <= '9'
		switch {
		case s <= 1 && (letter || s == 1 && b == '-'):
			return 1
		case s == 1 && b == ':':
			return 2
		case s >= 2 && letter:
			return 3
		}
		return -1
	},
	accepts: func(s int) bool { return s == 3 },
	fold:    true,
}

// A region is a set of strings that no glob tells apart, and one of them.
type region struct {
	sample  string
	matches []int // indexes of the globs that match, ascending
}

const (
	// maxStates bounds the subset construction.
	maxStates = 20_000
	// maxNodes bounds the nodes that all its states look at: some hundreds of
	// long patterns make every state large.
	maxNodes = 2_000_000
)

// regionsOf partitions a language by which globs match. seeds are tried first,
// so that a region is shown by a telling sample where there is one. complete
// is false when the bound was reached: then a region may be missing, and
// nothing universal may be concluded.
func regionsOf(globs []glob, lang language, seeds []string) (out []region, complete bool) {
	seen := map[string]bool{}
	add := func(sample string, matches []int) {
		key := vectorKey(matches)
		if !seen[key] {
			seen[key] = true
			out = append(out, region{sample, slices.Clone(matches)})
		}
	}
	m := machine{globs: globs, lang: lang}
	for _, s := range seeds {
		if matches, ok := m.run(s); ok {
			add(s, matches)
		}
		if m.nodes >= maxNodes {
			return out, false
		}
	}
	return out, m.explore(add)
}

func vectorKey(matches []int) string {
	b := make([]byte, 0, 4*len(matches))
	for _, m := range matches {
		b = binary.BigEndian.AppendUint32(b, uint32(m))
	}
	return string(b)
}

// machine is the union of the globs' automata, determinised as it is walked.
// A state is the ascending list of nodes glob<<32|position.
type machine struct {
	globs []glob
	lang  language
	nodes int // looked at
}

func (m *machine) start() []uint64 {
	var s []uint64
	for i := range m.globs {
		s = m.put(s, i, 0)
	}
	return s
}

// put adds a node and what it reaches without reading.
func (m *machine) put(s []uint64, g, pos int) []uint64 {
	s = append(s, uint64(g)<<32|uint64(pos))
	if pos < len(m.globs[g]) && (m.globs[g][pos] == policy.AnyText || m.globs[g][pos] == policy.AnySegmentText) {
		s = m.put(s, g, pos+1)
	}
	return s
}

func (m *machine) next(s []uint64, b byte) []uint64 {
	m.nodes += len(s)
	var out []uint64
	for _, node := range s {
		g, pos := int(node>>32), int(uint32(node))
		if pos >= len(m.globs[g]) {
			continue
		}
		switch t := m.globs[g][pos]; {
		case t == policy.AnyText || t == policy.AnySegmentText && b != ':':
			out = m.put(out, g, pos)
		case t == policy.AnyByte || t == policy.AnySegmentByte && b != ':' || matchesByte(t, b):
			out = m.put(out, g, pos+1)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func matchesByte(t policy.Symbol, b byte) bool {
	if t >= policy.FoldedByte {
		return t-policy.FoldedByte == policy.Symbol(b|0x20)
	}
	return t == policy.Symbol(b)
}

func (m *machine) matches(s []uint64) []int {
	var out []int
	for _, node := range s {
		if g := int(node >> 32); int(uint32(node)) == len(m.globs[g]) {
			out = append(out, g)
		}
	}
	return out
}

func (m *machine) run(s string) (matches []int, legal bool) {
	if m.lang.longest > 0 && len(s) > m.lang.longest {
		return nil, false
	}
	if m.lang.fold {
		s = strings.ToLower(s)
	}
	state, legalState := m.start(), 0
	for i := range len(s) {
		if m.nodes >= maxNodes {
			return nil, false
		}
		if legalState = m.lang.step(legalState, s[i]); legalState < 0 {
			return nil, false
		}
		state = m.next(state, s[i])
	}
	return m.matches(state), m.lang.accepts(legalState)
}

// bytes are one byte of every class that the state's globs tell apart: each
// literal that comes next, a colon and a slash, which the languages and the
// segments of ARNs tell apart, and the first byte of the alphabet that is none
// of them.
func (m *machine) bytes(s []uint64, buf []byte) []byte {
	out := append(buf[:0], ':', '/')
	var seen [256]bool
	seen[':'], seen['/'] = true, true
	add := func(b byte) {
		if !seen[b] {
			seen[b] = true
			out = append(out, b)
		}
	}
	for i := range len(m.lang.told) {
		add(m.lang.told[i])
	}
	for _, node := range s {
		g, pos := int(node>>32), int(uint32(node))
		if pos >= len(m.globs[g]) {
			continue
		}
		switch t := m.globs[g][pos]; {
		case t >= policy.FoldedByte:
			lower := byte(t - policy.FoldedByte)
			add(lower)
			if !m.lang.fold {
				add(lower &^ 0x20)
			}
		case t >= 0:
			add(byte(t))
		}
	}
	for i := range len(m.lang.alphabet) {
		if b := m.lang.alphabet[i]; !seen[b] {
			return append(out, b)
		}
	}
	return out
}

type visit struct {
	nodes  []uint64
	legal  int
	sample string
}

func (m *machine) explore(add func(string, []int)) (complete bool) {
	return m.exploreFrom(m.start(), func(sample string, nodes []uint64) { add(sample, m.matches(nodes)) })
}

// exploreFrom walks all states that texts of the language lead to.
func (m *machine) exploreFrom(start []uint64, add func(string, []uint64)) (complete bool) {
	var buf []byte
	queue := []visit{{nodes: start}}
	seen := map[string]bool{}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		if m.lang.accepts(v.legal) {
			add(v.sample, v.nodes)
		}
		if m.lang.longest > 0 && len(v.sample) >= m.lang.longest {
			continue // states are met by their shortest strings first
		}
		buf = m.bytes(v.nodes, buf)
		for _, b := range buf {
			legal := m.lang.step(v.legal, b)
			if legal < 0 {
				continue
			}
			nodes := m.next(v.nodes, b)
			key := stateKey(nodes, legal)
			if seen[key] {
				continue
			}
			if len(seen) >= maxStates || m.nodes >= maxNodes {
				return false
			}
			seen[key] = true
			queue = append(queue, visit{nodes, legal, v.sample + string(b)})
		}
	}
	return true
}

func stateKey(nodes []uint64, legal int) string {
	b := make([]byte, 0, 8*len(nodes)+1)
	b = append(b, byte(legal))
	for _, n := range nodes {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return string(b)
}
