package certificate

import "slices"

// A piece of a value: a text that is the same in every request, or a variable.
type piece struct {
	text string
	of   *variable
}

func fixed(text string) []piece { return []piece{{text: text}} }

func varying(v *variable) []piece { return []piece{{of: v}} }

// matcher works out when a value made of pieces is in a pattern: for which texts of
// each variable by itself. A pattern that a * lets go over several pieces is a union
// of such boxes, one for each way to cut it.
type matcher struct {
	*encoder
	list   []element
	pieces []piece
	fold   bool
	memo   map[[3]int]*formula
}

func (e *encoder) match(list []element, pieces []piece, fold bool) *formula {
	m := &matcher{encoder: e, list: list, pieces: pieces, fold: fold, memo: map[[3]int]*formula{}}
	return m.from(0, 0, 0)
}

// from is when the elements from i on match the pieces from p on, of which the
// first, if it is a text, is matched up to letter o.
func (m *matcher) from(i, p, o int) *formula {
	key := [3]int{i, p, o}
	if f, ok := m.memo[key]; ok {
		return f
	}
	f := m.work(i, p, o)
	m.memo[key] = f
	return f
}

func (m *matcher) work(i, p, o int) *formula {
	if p == len(m.pieces) {
		if slices.ContainsFunc(m.list[i:], func(e element) bool { return e.kind != anyText && e.kind != requestVariable }) {
			return m.no
		}
		out := m.yes
		for _, e := range m.list[i:] {
			if e.kind == requestVariable {
				out = m.and(out, m.within(e.of, []element{}))
			}
		}
		return out
	}
	piece := m.pieces[p]
	if piece.of != nil {
		return m.variable(i, p)
	}
	if o == len(piece.text) {
		return m.from(i, p+1, 0)
	}
	if i == len(m.list) {
		return m.no
	}
	c := piece.text[o]
	switch e := m.list[i]; e.kind {
	case letter:
		if e.letter == c || m.fold && lower(e.letter) == lower(c) {
			return m.from(i+1, p, o+1)
		}
		return m.no
	case anyLetter:
		if e.inside && c == ':' {
			return m.no
		}
		return m.from(i+1, p, o+1)
	case requestVariable:
		return m.placed(e.of, i, p, o)
	default:
		out := m.from(i+1, p, o)
		if !e.inside || c != ':' {
			out = m.or(out, m.from(i, p, o+1))
		}
		return out
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// placed is when the text of a variable in the pattern is what stands in a fixed
// piece from o on.
func (m *matcher) placed(v *variable, i, p, o int) *formula {
	text := m.pieces[p].text
	out := m.no
	for j := o; j <= len(text); j++ {
		out = m.or(out, m.and(m.within(v, letters(text[o:j])), m.from(i+1, p, j)))
	}
	if p+1 < len(m.pieces) {
		rest := v.base
		for j := o; j < len(text); j++ {
			rest = m.pool.after(rest, text[j])
		}
		if empty, _ := m.pool.void(rest); !empty {
			m.entangle("the text of a variable in a pattern may reach over several parts of the value")
		}
	}
	return out
}

// variable is when elements from i on match a variable piece and what follows it:
// one case for each number of elements that its text may take up. A * may stand for
// the end of it and for the beginning of what follows.
func (m *matcher) variable(i, p int) *formula {
	v := m.pieces[p].of
	out := m.no
	for j := i; j <= len(m.list); j++ {
		if j > i && m.list[j-1].kind == letter && !m.mayHold(v, m.list[j-1].letter) {
			break
		}
		last := j < len(m.list) && m.list[j].kind == anyText
		part := m.list[i:j]
		if last {
			part = m.list[i : j+1]
		}
		if rest := m.from(j, p+1, 0); rest != m.no {
			out = m.or(out, m.and(m.within(v, part), rest))
		}
		if j < len(m.list) && m.list[j].kind == requestVariable && m.list[j].of != v && p+1 < len(m.pieces) && wide(m.list[j].of) {
			m.entangle("the text of a variable in a pattern may reach over several parts of the value")
		}
	}
	return out
}

// mayHold says that a letter may be in the text of a variable.
func (m *matcher) mayHold(v *variable, c byte) bool {
	s := v.letters()
	return s.has(c) || m.fold && (s.has(lower(c)) || s.has(upper(c)))
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// wide says that a variable may hold what separates the pieces of values.
func wide(v *variable) bool { return v.letters().has(':') || v.letters().has('/') }

// letters are those of the texts that a variable may be, and perhaps others.
func (v *variable) letters() *set {
	if v.alphabet != nil {
		return v.alphabet
	}
	v.alphabet = &set{}
	seen := map[*regex]bool{}
	var walk func(*regex)
	walk = func(r *regex) {
		if seen[r] || r.op == opNot {
			return
		}
		seen[r] = true
		if r.op == opSet {
			for i := range r.set {
				v.alphabet[i] |= r.set[i]
			}
		}
		for _, s := range r.subs {
			walk(s)
		}
	}
	walk(v.base)
	return v.alphabet
}

// within is that the text of a variable is in a pattern. The text of another
// variable in the pattern makes it a matter of both.
func (m *matcher) within(v *variable, part []element) *formula {
	if has(part, requestVariable) {
		return m.template(v, part, m.fold)
	}
	if text, ok := spelledOut(part); ok && !m.fold {
		return m.equal(v, text)
	}
	return m.member(v, m.pool.elements(part, m.fold))
}

// spelledOut is the text of a pattern that has letters alone.
func spelledOut(part []element) (string, bool) {
	b := make([]byte, len(part))
	for i, e := range part {
		if e.kind != letter {
			return "", false
		}
		b[i] = e.letter
	}
	return string(b), true
}

// equal is that a variable is a text: member for the plainest of sets.
func (e *encoder) equal(v *variable, text string) *formula {
	if !e.pool.holds(v.base, text) {
		return e.no
	}
	return e.member(v, e.pool.text(text))
}

// member is that the text of a variable is in a set.
func (e *encoder) member(v *variable, r *regex) *formula {
	if f, ok := v.members[r.id]; ok {
		return f
	}
	if v.members == nil {
		v.members = map[int]*formula{}
	}
	f := e.atom("in "+v.name+" "+itoa(r.id), atom{of: v, in: r})
	if text, ok := r.alone(); ok && !v.few {
		// One text among many: neither none of them nor all.
		if !e.pool.holds(v.base, text) {
			f = e.no
		}
	} else if empty, sure := e.pool.void(e.pool.inter(v.base, r)); empty && sure {
		f = e.no
	} else if empty, sure := e.pool.void(e.pool.inter(v.base, e.pool.not(r))); empty && sure {
		f = e.yes
	}
	v.members[r.id] = f
	return f
}

func (e *encoder) template(v *variable, part []element, fold bool) *formula {
	own := slices.ContainsFunc(part, func(e element) bool { return e.of == v })
	if own {
		switch {
		case !slices.ContainsFunc(part, func(e element) bool { return e.kind != anyText && e.of != v }) && count(part, v) == 1:
			return e.yes
		case !slices.ContainsFunc(part, func(e element) bool { return e.of != nil && e.of != v }) && slices.ContainsFunc(part, func(e element) bool { return e.kind == letter || e.kind == anyLetter }):
			return e.no
		}
		e.entangle("a pattern compares a value with itself")
		return e.no
	}
	key := "like " + v.name
	if fold {
		key += " folded"
	}
	for _, p := range part {
		switch {
		case p.of != nil:
			key += " {" + p.of.name + "}"
		case p.kind == letter:
			key += " =" + string([]byte{p.letter})
		case p.kind == anyLetter:
			key += " ?"
		default:
			key += " *"
		}
	}
	return e.atom(key, atom{of: v, template: slices.Clone(part), fold: fold})
}

func count(list []element, v *variable) int {
	n := 0
	for _, e := range list {
		if e.of == v {
			n++
		}
	}
	return n
}
