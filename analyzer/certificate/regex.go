package certificate

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// A set is a set of bytes. All texts that requests carry are ASCII; other bytes
// come from policies alone.
type set [4]uint64

func (s *set) add(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s[c>>6] |= 1 << (c & 63)
	}
}

func (s *set) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func (s *set) size() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// setOf reads letters with ranges: "a-z0-9_"; a - at the end is itself.
func setOf(letters string) set {
	var s set
	for i := 0; i < len(letters); i++ {
		if i+2 < len(letters) && letters[i+1] == '-' {
			s.add(letters[i], letters[i+2])
			i += 2
		} else {
			s.add(letters[i], letters[i])
		}
	}
	return s
}

type op uint8

const (
	opNone   op = iota // no text
	opEmpty            // the empty text
	opSet              // one letter
	opConcat           // a, then b
	opStar             // any number of a
	opLoop             // a, from low to high times
	opUnion
	opInter
	opNot
)

// A regex is a set of texts. Equal ones made by one pool are one pointer.
type regex struct {
	id        int
	op        op
	set       set
	subs      []*regex
	low, high int
	nullable  bool // it holds the empty text

	next *[256]*regex // derivatives, as they are asked for
	dead int8         // 1: it holds no text; -1: it holds one
}

// identity is what two equal ones have in common.
type identity struct {
	op        op
	set       set
	low, high int
	first     int
	rest      string
}

// A pool makes regular expressions, in a form in which the derivatives of one are
// finitely many.
// https://doi.org/10.1017/S0956796808007090
type pool struct {
	known map[identity]*regex
	none  *regex
	empty *regex
	all   *regex
}

func newPool() *pool {
	p := &pool{known: map[identity]*regex{}}
	p.none = p.node(regex{op: opNone})
	p.empty = p.node(regex{op: opEmpty, nullable: true})
	p.all = p.not(p.none)
	return p
}

func (p *pool) node(r regex) *regex {
	key := identity{op: r.op, set: r.set, low: r.low, high: r.high}
	if len(r.subs) > 0 {
		key.first = r.subs[0].id
		b := make([]byte, 0, 4*len(r.subs))
		for _, s := range r.subs[1:] {
			b = binary.LittleEndian.AppendUint32(b, uint32(s.id))
		}
		key.rest = string(b)
	}
	if old, ok := p.known[key]; ok {
		return old
	}
	n := &r
	n.id = len(p.known)
	p.known[key] = n
	return n
}

// alone is the text of a regular expression that is spelled out.
func (r *regex) alone() (string, bool) {
	var b []byte
	for r.op == opConcat && r.subs[0].op == opSet && r.subs[0].set.size() == 1 {
		b = append(b, r.subs[0].set.first())
		r = r.subs[1]
	}
	switch {
	case r.op == opEmpty:
		return string(b), true
	case r.op == opSet && r.set.size() == 1:
		return string(append(b, r.set.first())), true
	}
	return "", false
}

func (p *pool) class(s set) *regex {
	if s == (set{}) {
		return p.none
	}
	return p.node(regex{op: opSet, set: s})
}

func (p *pool) letters(s string) *regex { return p.class(setOf(s)) }

// anyBut is one letter that is not c; 0 is every letter.
func (p *pool) anyBut(c byte) *regex {
	var s set
	s.add(1, 255)
	if c != 0 {
		s[c>>6] &^= 1 << (c & 63)
	}
	return p.class(s)
}

func (p *pool) text(s string) *regex {
	out := p.empty
	for i := len(s) - 1; i >= 0; i-- {
		var one set
		one.add(s[i], s[i])
		out = p.concat(p.class(one), out)
	}
	return out
}

func (p *pool) concat(list ...*regex) *regex {
	out := p.empty
	for i := len(list) - 1; i >= 0; i-- {
		out = p.pair(list[i], out)
	}
	return out
}

func (p *pool) pair(a, b *regex) *regex {
	switch {
	case a == p.none || b == p.none:
		return p.none
	case a == p.empty:
		return b
	case b == p.empty:
		return a
	case a.op == opConcat:
		return p.pair(a.subs[0], p.pair(a.subs[1], b))
	case a.op == opStar && b == a, a.op == opStar && b.op == opConcat && b.subs[0] == a:
		return b
	}
	return p.node(regex{op: opConcat, subs: []*regex{a, b}, nullable: a.nullable && b.nullable})
}

func (p *pool) star(a *regex) *regex {
	switch {
	case a == p.none || a == p.empty:
		return p.empty
	case a.op == opStar:
		return a
	}
	return p.node(regex{op: opStar, subs: []*regex{a}, nullable: true})
}

// loop is a from low to high times.
func (p *pool) loop(a *regex, low, high int) *regex {
	switch {
	case high == 0 || a == p.empty:
		return p.empty
	case a == p.none && low > 0:
		return p.none
	case low == 1 && high == 1:
		return a
	}
	return p.node(regex{op: opLoop, subs: []*regex{a}, low: low, high: high, nullable: low == 0 || a.nullable})
}

// some is a once or more.
func (p *pool) some(a *regex) *regex { return p.pair(a, p.star(a)) }

func (p *pool) maybe(a *regex) *regex { return p.union(p.empty, a) }

func (p *pool) union(list ...*regex) *regex { return p.many(opUnion, list, p.none, p.all) }

func (p *pool) inter(list ...*regex) *regex { return p.many(opInter, list, p.all, p.none) }

// many is a union or an intersection: flat, sorted, each once. neutral adds
// nothing, and zero makes all the rest irrelevant.
func (p *pool) many(o op, list []*regex, neutral, zero *regex) *regex {
	var flat []*regex
	var letters set
	sets := 0
	for _, r := range list {
		subs := []*regex{r}
		if r.op == o {
			subs = r.subs
		}
		for _, s := range subs {
			switch {
			case s == zero:
				return zero
			case s == neutral:
			case s.op == opSet:
				if sets++; sets == 1 {
					letters = s.set
				}
				for i := range letters {
					if o == opUnion {
						letters[i] |= s.set[i]
					} else {
						letters[i] &= s.set[i]
					}
				}
			default:
				flat = append(flat, s)
			}
		}
	}
	if sets > 0 {
		if one := p.class(letters); one != neutral {
			flat = append(flat, one)
		}
	}
	slices.SortFunc(flat, func(a, b *regex) int { return a.id - b.id })
	flat = slices.Compact(flat)
	nullable := o == opInter
	for _, s := range flat {
		if s == zero || s.op == opNot && slices.Contains(flat, s.subs[0]) {
			return zero
		}
		if o == opUnion {
			nullable = nullable || s.nullable
		} else {
			nullable = nullable && s.nullable
		}
	}
	switch len(flat) {
	case 0:
		return neutral
	case 1:
		return flat[0]
	}
	return p.node(regex{op: o, subs: flat, nullable: nullable})
}

func (p *pool) not(a *regex) *regex {
	if a.op == opNot {
		return a.subs[0]
	}
	return p.node(regex{op: opNot, subs: []*regex{a}, nullable: !a.nullable})
}

// after is what may follow the letter c in a text of r.
func (p *pool) after(r *regex, c byte) *regex {
	if r.next == nil {
		r.next = new([256]*regex)
	}
	if r.next[c] == nil {
		r.next[c] = p.derive(r, c)
	}
	return r.next[c]
}

func (p *pool) derive(r *regex, c byte) *regex {
	switch r.op {
	case opSet:
		if r.set.has(c) {
			return p.empty
		}
	case opConcat:
		out := p.pair(p.after(r.subs[0], c), r.subs[1])
		if r.subs[0].nullable {
			out = p.union(out, p.after(r.subs[1], c))
		}
		return out
	case opStar:
		return p.pair(p.after(r.subs[0], c), r)
	case opLoop:
		return p.pair(p.after(r.subs[0], c), p.loop(r.subs[0], max(r.low-1, 0), r.high-1))
	case opUnion, opInter:
		list := make([]*regex, len(r.subs))
		for i, s := range r.subs {
			list[i] = p.after(s, c)
		}
		if r.op == opUnion {
			return p.union(list...)
		}
		return p.inter(list...)
	case opNot:
		return p.not(p.after(r.subs[0], c))
	}
	return p.none
}

func (p *pool) holds(r *regex, text string) bool {
	for i := range len(text) {
		r = p.after(r, text[i])
	}
	return r.nullable
}

// nicest are the letters in the order in which a text is made up of them.
const nicest = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-._/:@=+, "

// representatives are letters of which every class that r tells apart has one.
func representatives(r *regex) []byte {
	var sets []set
	seen := map[*regex]bool{}
	var walk func(*regex)
	walk = func(r *regex) {
		if seen[r] {
			return
		}
		seen[r] = true
		if r.op == opSet && !slices.Contains(sets, r.set) {
			sets = append(sets, r.set)
		}
		for _, s := range r.subs {
			walk(s)
		}
	}
	walk(r)
	order := []byte(nicest)
	for c := 1; c < 256; c++ {
		if !strings.Contains(nicest, string(rune(c))) || c > 127 {
			order = append(order, byte(c))
		}
	}
	var out []byte
	told := map[string]bool{}
	signature := make([]byte, len(sets))
	for _, c := range order {
		for i := range sets {
			signature[i] = '0'
			if sets[i].has(c) {
				signature[i] = '1'
			}
		}
		if !told[string(signature)] {
			told[string(signature)] = true
			out = append(out, c)
		}
	}
	return out
}

// maxStates bounds how many beginnings of texts are told apart.
const maxStates = 50_000

// shortest are up to n texts of r, the shortest first, no two of which r treats
// alike letter by letter unless it must. complete is false where there may be
// others that were not looked for.
func (p *pool) shortest(r *regex, n int) (out []string, complete bool) {
	type beginning struct {
		at     *regex
		parent int
		letter byte
	}
	letters := representatives(r)
	queue := []beginning{{at: r, parent: -1}}
	visits := map[*regex]int{r: 1}
	spell := func(i int) string {
		var b []byte
		for ; queue[i].parent >= 0; i = queue[i].parent {
			b = append(b, queue[i].letter)
		}
		slices.Reverse(b)
		return string(b)
	}
	for i := 0; i < len(queue); i++ {
		if queue[i].at.nullable {
			if out = append(out, spell(i)); len(out) == n {
				return out, false
			}
		}
		for _, c := range letters {
			next := p.after(queue[i].at, c)
			// A state that was met n times has given n texts already, if any.
			if next == p.none || next.dead == 1 || visits[next] >= n {
				continue
			}
			visits[next]++
			if queue = append(queue, beginning{next, i, c}); len(queue) > maxStates {
				return out, false
			}
		}
	}
	if len(out) == 0 {
		r.dead = 1
	}
	return out, true
}

// void says that r holds no text; sure is false when that was too much to find
// out.
func (p *pool) void(r *regex) (empty, sure bool) {
	if r.dead != 0 {
		return r.dead == 1, true
	}
	found, complete := p.shortest(r, 1)
	switch {
	case len(found) > 0:
		r.dead = -1
	case complete:
		r.dead = 1
	default:
		return false, false
	}
	return r.dead == 1, true
}

// folded is r without regard to ASCII case.
func (p *pool) folded(r *regex) *regex {
	switch r.op {
	case opSet:
		s := r.set
		for c := byte('a'); c <= 'z'; c++ {
			if upper := c - 'a' + 'A'; r.set.has(c) || r.set.has(upper) {
				s.add(c, c)
				s.add(upper, upper)
			}
		}
		return p.class(s)
	case opNone, opEmpty:
		return r
	}
	list := make([]*regex, len(r.subs))
	for i, s := range r.subs {
		list[i] = p.folded(s)
	}
	switch r.op {
	case opConcat:
		return p.concat(list...)
	case opStar:
		return p.star(list[0])
	case opLoop:
		return p.loop(list[0], r.low, r.high)
	case opUnion:
		return p.union(list...)
	case opInter:
		return p.inter(list...)
	}
	return p.not(list[0])
}

// smt is the regular expression as SMT-LIB writes it.
func (r *regex) smt() string {
	var b strings.Builder
	r.write(&b)
	return b.String()
}

func (r *regex) write(b *strings.Builder) {
	switch r.op {
	case opNone:
		b.WriteString("re.none")
	case opEmpty:
		b.WriteString(`(str.to_re "")`)
	case opSet:
		r.set.write(b)
	case opConcat:
		r.writeConcat(b)
	case opStar:
		if r.subs[0].op == opSet && r.subs[0].set.size() >= 255 {
			b.WriteString("re.all")
			return
		}
		b.WriteString("(re.* ")
		r.subs[0].write(b)
		b.WriteByte(')')
	case opLoop:
		fmt.Fprintf(b, "((_ re.loop %d %d) ", r.low, r.high)
		r.subs[0].write(b)
		b.WriteByte(')')
	case opNot:
		if r.subs[0].op == opNone {
			b.WriteString("re.all")
			return
		}
		b.WriteString("(re.comp ")
		r.subs[0].write(b)
		b.WriteByte(')')
	default:
		b.WriteString(map[op]string{opUnion: "(re.union", opInter: "(re.inter"}[r.op])
		for _, s := range r.subs {
			b.WriteByte(' ')
			s.write(b)
		}
		b.WriteByte(')')
	}
}

// writeConcat writes a sequence, with letters that stand side by side as a text.
func (r *regex) writeConcat(b *strings.Builder) {
	var items []string
	var text []byte
	flush := func() {
		if len(text) > 0 {
			items = append(items, "(str.to_re "+quote(string(text))+")")
			text = nil
		}
	}
	for at := r; at != nil; {
		head, rest := at, (*regex)(nil)
		if at.op == opConcat {
			head, rest = at.subs[0], at.subs[1]
		}
		if head.op == opSet && head.set.size() == 1 {
			text = append(text, head.set.first())
		} else {
			flush()
			items = append(items, head.smt())
		}
		at = rest
	}
	flush()
	if len(items) == 1 {
		b.WriteString(items[0])
		return
	}
	b.WriteString("(re.++ " + strings.Join(items, " ") + ")")
}

func (s *set) first() byte {
	for i, w := range s {
		if w != 0 {
			return byte(64*i + bits.TrailingZeros64(w))
		}
	}
	return 0
}

func (s *set) write(b *strings.Builder) {
	if s.size() >= 255 {
		b.WriteString("re.allchar")
		return
	}
	var items []string
	for c := 0; c < 256; c++ {
		if !s.has(byte(c)) {
			continue
		}
		from := c
		for c < 255 && s.has(byte(c+1)) {
			c++
		}
		if from == c {
			items = append(items, "(str.to_re "+quote(string([]byte{byte(c)}))+")")
		} else {
			items = append(items, "(re.range "+quote(string([]byte{byte(from)}))+" "+quote(string([]byte{byte(c)}))+")")
		}
	}
	if len(items) == 1 {
		b.WriteString(items[0])
		return
	}
	b.WriteString("(re.union " + strings.Join(items, " ") + ")")
}

// quote is a text as SMT-LIB writes it. Bytes beyond ASCII are written as the
// letters of that number: no request carries them, so that it makes no difference.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			b.WriteString(`""`)
		case c < ' ' || c > '~' || c == '\\':
			fmt.Fprintf(&b, `\u{%x}`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
