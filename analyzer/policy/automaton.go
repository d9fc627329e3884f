package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Pattern inclusion is decided on automata: a pattern is a line of nodes, a
// state is the set of nodes that the text read so far may have reached, and a
// breadth-first search over states of several patterns at once finds the
// shortest text that is in some of them and not in others.

// maxStates bounds a search. The patterns of real policies need some hundreds.
const maxStates = 50_000

// class is a set of characters.
type class struct {
	ascii [2]uint64
	other bool // every character beyond ASCII
}

func (c *class) has(r rune) bool {
	if r >= utf8.RuneSelf {
		return c.other && r < firstSymbol
	}
	return c.ascii[r>>6]&(1<<(r&63)) != 0
}

func (c *class) add(from, to rune) {
	for r := from; r <= to; r++ {
		if r < utf8.RuneSelf {
			c.ascii[r>>6] |= 1 << (r & 63)
		} else {
			c.other = true
		}
	}
}

// anything is every character, noColon all but the one that ends a segment.
var anything = class{ascii: [2]uint64{^uint64(0), ^uint64(0)}, other: true}

var noColon = class{ascii: [2]uint64{^uint64(1 << ':'), ^uint64(0)}, other: true}

// firstSymbol begins the runes that stand for policy variables, which are
// beyond Unicode. Only * and the same variable match them.
const firstSymbol rune = utf8.MaxRune + 1

type nodeKind uint8

const (
	runeNode nodeKind = iota
	classNode
	loopNode // any number of characters of the class
	endNode
	deadNode // nothing passes: a hole that is to match nothing
)

type node struct {
	kind    nodeKind
	fold    bool // of a runeNode, which is then in lower case
	symbols bool // of a loopNode: variables pass too
	r       rune
	class   *class
}

func (n *node) takes(r rune) bool {
	switch n.kind {
	case runeNode:
		return n.r == r || n.fold && r < utf8.RuneSelf && r >= 0 && rune(lower(byte(r))) == n.r
	case classNode:
		return n.class.has(r)
	case loopNode:
		return n.class.has(r) || r >= firstSymbol && n.symbols
	}
	return false
}

// bound says what holes and unresolved variables stand for.
type bound int8

const (
	most  bound = iota // every text
	least              // none
)

// machine is several patterns side by side.
type machine struct {
	nodes   []node
	starts  []int32
	ends    []int32 // the endNode of each pattern
	classes []*class
	cells   [][]rune // filled in by the search
	symbols map[string]rune
	loose   bool // variables are bound like holes, not symbols
}

// add appends a pattern and returns its number. A pattern whose Version is not
// known has two readings: the caller picks one.
func (m *machine) add(p Pattern, b bound) int {
	first := int32(len(m.nodes))
	m.starts = append(m.starts, first)
	loop := func(c *class, symbols bool) {
		if last := len(m.nodes) - 1; last >= int(first) && m.nodes[last].kind == loopNode && m.nodes[last].class == c && m.nodes[last].symbols == symbols {
			return
		}
		m.nodes = append(m.nodes, node{kind: loopNode, class: c, symbols: symbols})
	}
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
		wild := &anything
		if colons < bounded || e.bound && b == least {
			wild = &noColon
		}
		switch {
		case e.kind == literalElem:
			colons += strings.Count(e.text, ":")
			for _, r := range e.text {
				if p.fold && r < utf8.RuneSelf {
					r = rune(lower(byte(r)))
				}
				m.nodes = append(m.nodes, node{kind: runeNode, r: r, fold: p.fold})
			}
		case e.kind == anyElem:
			m.nodes = append(m.nodes, node{kind: classNode, class: wild})
		case e.kind == starElem:
			loop(wild, wild == &anything)
		case e.kind == variableElem && !m.loose:
			m.nodes = append(m.nodes, node{kind: runeNode, r: m.symbol(e)})
		case b == most:
			loop(&anything, true)
		default:
			m.nodes = append(m.nodes, node{kind: deadNode})
		}
	}
	if vague && b == least {
		m.nodes = append(m.nodes, node{kind: deadNode})
	}
	return m.finish()
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

// addLanguage appends min or more characters of a class; the search bounds how
// many more.
func (m *machine) addLanguage(c *class, min int) int {
	m.starts = append(m.starts, int32(len(m.nodes)))
	m.classes = append(m.classes, c)
	for range min {
		m.nodes = append(m.nodes, node{kind: classNode, class: c})
	}
	m.nodes = append(m.nodes, node{kind: loopNode, class: c})
	return m.finish()
}

func (m *machine) finish() int {
	m.ends = append(m.ends, int32(len(m.nodes)))
	m.nodes = append(m.nodes, node{kind: endNode})
	return len(m.ends) - 1
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
		r = firstSymbol + rune(len(m.symbols))
		m.symbols[key] = r
	}
	return r
}

// state is the nodes that are reached, in order.
type state []int32

func (m *machine) start() state {
	var s state
	for _, n := range m.starts {
		s = m.reach(s, n)
	}
	return s
}

// reach adds a node, and what follows it when it may be skipped.
func (m *machine) reach(s state, n int32) state {
	for {
		if len(s) == 0 || s[len(s)-1] < n {
			s = append(s, n)
		}
		if m.nodes[n].kind != loopNode {
			return s
		}
		n++
	}
}

// step reads one character. Nodes of s are in order, and each leads to itself
// or the next: what they lead to needs sorting only where loops are skipped.
func (m *machine) step(s state, r rune, into state) state {
	into = into[:0]
	for _, n := range s {
		if !m.nodes[n].takes(r) {
			continue
		}
		if m.nodes[n].kind != loopNode {
			n++
		}
		for {
			into = append(into, n)
			if m.nodes[n].kind != loopNode {
				break
			}
			n++
		}
	}
	slices.Sort(into)
	return slices.Compact(into)
}

func (m *machine) accepts(s state, pattern int) bool {
	_, ok := slices.BinarySearch(s, m.ends[pattern])
	return ok
}

// alive says that some text may yet be accepted by the pattern.
func (m *machine) alive(s state, pattern int) bool {
	i, _ := slices.BinarySearch(s, m.starts[pattern])
	return i < len(s) && s[i] <= m.ends[pattern]
}

// preferred are the characters that witnesses are made of where any will do.
const preferred = "xyzabcdefghijklmnopqrstuvw0123456789-_XYZABCDEFGHIJKLMNOPQRSTUVW./@+=, "

// runes are characters of which every kind that the state can tell apart has
// one: the literals that may come next, in both cases where that matters, and
// of each group one that is no such literal.
func (m *machine) runes(s state, into []rune) []rune {
	into = into[:0]
	add := func(r rune) {
		if !slices.Contains(into, r) {
			into = append(into, r)
		}
	}
	for _, n := range s {
		if nd := &m.nodes[n]; nd.kind == runeNode {
			add(nd.r)
			if nd.fold && 'a' <= nd.r && nd.r <= 'z' {
				add(nd.r - 'a' + 'A')
			}
		}
	}
	literals := len(into)
	for _, cell := range m.cells {
		for _, r := range cell {
			if !slices.Contains(into[:literals], r) {
				into = append(into, r)
				break
			}
		}
	}
	for i := range len(m.symbols) {
		into = append(into, firstSymbol+rune(i))
	}
	return into
}

// divide groups characters by the classes that they are in: the patterns tell
// those of one group apart only by literals. Beyond ASCII there is one group.
func (m *machine) divide() {
	classes := append([]*class{&noColon}, m.classes...)
	group := map[string]int{}
	var seen [utf8.RuneSelf]bool
	add := func(r rune) {
		key := make([]byte, len(classes))
		for i, c := range classes {
			if c.has(r) {
				key[i] = 1
			}
		}
		i, ok := group[string(key)]
		if !ok {
			i = len(m.cells)
			group[string(key)] = i
			m.cells = append(m.cells, nil)
		}
		m.cells[i] = append(m.cells[i], r)
	}
	for _, r := range preferred {
		seen[r] = true
		add(r)
	}
	for r := rune(utf8.RuneSelf - 1); r >= 0; r-- {
		if !seen[r] {
			add(r)
		}
	}
	for r := rune('à'); r <= 'þ'; r++ {
		add(r)
	}
}

// search visits states breadth first, shortest texts first, and calls visit
// for each with the text that leads there. visit answers whether to go on, and
// whether to look beyond the state. complete is false when maxStates ended it.
func (m *machine) search(maxLength int, visit func(s state, text string) (more, deeper bool)) (complete bool) {
	type entry struct {
		state  state
		text   string
		length int
	}
	key := func(s state) string {
		b := make([]byte, 0, 3*len(s))
		for _, n := range s {
			b = append(b, byte(n), byte(n>>8), byte(n>>16))
		}
		return string(b)
	}
	m.divide()
	begin := m.start()
	seen := map[string]bool{key(begin): true}
	queue := []entry{{begin, "", 0}}
	var next state
	var runes []rune
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		more, deeper := visit(at.state, at.text)
		if !more {
			return true
		}
		if !deeper || at.length == maxLength {
			continue
		}
		runes = m.runes(at.state, runes)
		for _, r := range runes {
			next = m.step(at.state, r, next)
			if len(next) == 0 {
				continue
			}
			k := key(next)
			if seen[k] {
				continue
			}
			if len(seen) == maxStates {
				return false
			}
			seen[k] = true
			text := at.text
			if r < firstSymbol {
				text += string(r)
			}
			queue = append(queue, entry{slices.Clone(next), text, at.length + 1})
		}
	}
	return true
}

// find is the shortest text in all of the patterns numbered in and none of
// those numbered out.
func (m *machine) find(in, out []int, maxLength int) (text string, found Tri) {
	found = False
	complete := m.search(maxLength, func(s state, at string) (more, deeper bool) {
		good := true
		for _, p := range in {
			if !m.alive(s, p) {
				return true, false
			}
			good = good && m.accepts(s, p)
		}
		for _, p := range out {
			good = good && !m.accepts(s, p)
		}
		if good {
			text, found = at, True
		}
		return !good, true
	})
	if !complete {
		found = Unknown
	}
	return text, found
}
