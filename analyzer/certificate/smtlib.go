package certificate

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Script is a question in SMT-LIB 2.6. Every check-sat of it but the last is of a
// lemma and has to be unsat; the last is the answer.
type Script struct {
	Text   string
	Checks int
	Expect string // of the last: sat or unsat
}

// printer writes one formula.
type printer struct {
	*encoder
	b      strings.Builder
	checks int
	names  map[*formula]string
	taken  map[string]bool
	shared map[*formula]int
}

// script writes a formula with what is known of its variables.
func (e *encoder) script(header []string, f *formula, expect string) Script {
	p := &printer{encoder: e, names: map[*formula]string{}, taken: map[string]bool{}, shared: map[*formula]int{}}
	p.begin(header, f, expect)
	for _, a := range p.atomsOf(f) {
		fmt.Fprintf(&p.b, "(declare-const a%d Bool) ; %s\n", a.id, a)
	}
	p.b.WriteString("\n; What cannot be so together. Each is proven by itself: unsat.\n")
	known := map[int]bool{}
	for _, a := range p.atomsOf(f) {
		known[a.id] = true
	}
	for _, l := range e.lemmas {
		if !slices.ContainsFunc(l, func(f fact) bool { return !known[f.id] }) {
			p.lemma(l)
		}
	}
	return p.end(f, expect)
}

// witness writes a formula with values for its variables.
func (e *encoder) witness(header []string, f *formula, m *model) Script {
	p := &printer{encoder: e, names: map[*formula]string{}, taken: map[string]bool{}, shared: map[*formula]int{}}
	p.begin(header, f, "sat")
	atoms := p.atomsOf(f)
	var seen []*variable
	for _, a := range atoms {
		for _, v := range append(a.others(), a.of) {
			if v.kind != truth && !slices.Contains(seen, v) {
				seen = append(seen, v)
				p.value(v, m)
			}
		}
	}
	for _, a := range atoms {
		fmt.Fprintf(&p.b, "(define-fun a%d () Bool %s) ; %s\n", a.id, p.ground(a, m), a)
	}
	return p.end(f, "sat")
}

func (p *printer) begin(header []string, f *formula, expect string) {
	for _, line := range header {
		p.b.WriteString("; " + strings.ReplaceAll(line, "\n", "\n; ") + "\n")
	}
	fmt.Fprintf(&p.b, "; The last answer has to be %s.\n(set-logic ALL)\n\n", expect)
	var count func(*formula)
	count = func(f *formula) {
		if p.shared[f]++; p.shared[f] == 1 {
			for _, s := range f.subs {
				count(s)
			}
		}
	}
	count(f)
}

func (p *printer) end(f *formula, expect string) Script {
	p.b.WriteString("\n; The question.\n")
	p.define(f)
	fmt.Fprintf(&p.b, "(assert %s)\n(check-sat)\n", p.term(f))
	return Script{Text: p.b.String(), Checks: p.checks + 1, Expect: expect}
}

// atomsOf are the atoms of a formula, in order.
func (p *printer) atomsOf(f *formula) []*atom {
	var out []*atom
	for g := range p.shared {
		if g.op == atomic {
			out = append(out, g.atom)
		}
	}
	slices.SortFunc(out, func(a, b *atom) int { return a.id - b.id })
	return out
}

// String is the atom in words.
func (a *atom) String() string {
	switch {
	case a.of.kind == truth:
		return a.of.name
	case a.of.kind == number:
		return a.of.name + " " + a.between.words()
	case len(a.template) > 0:
		return a.of.name + " is " + spellElements(a.template)
	}
	return a.of.name + " in " + a.in.smt()
}

func (s span) words() string {
	switch {
	case s.low == nil && s.high == nil:
		return "is any"
	case s.low == nil && s.highOpen:
		return "< " + s.high.RatString()
	case s.low == nil:
		return "<= " + s.high.RatString()
	case s.high == nil && s.lowOpen:
		return "> " + s.low.RatString()
	case s.high == nil:
		return ">= " + s.low.RatString()
	}
	return "from " + s.low.RatString() + " to " + s.high.RatString()
}

func spellElements(list []element) string {
	var b strings.Builder
	for _, e := range list {
		switch {
		case e.of != nil:
			b.WriteString("{" + e.of.name + "}")
		case e.kind == letter:
			b.WriteByte(e.letter)
		case e.kind == anyLetter:
			b.WriteByte('?')
		default:
			b.WriteByte('*')
		}
	}
	return b.String()
}

// lemma proves a lemma, and adds it.
func (p *printer) lemma(l lemma) {
	v := l[0].of
	for _, f := range l {
		if len(f.template) > 0 {
			v = f.of
		}
	}
	equalities := 0
	for _, f := range l {
		if f.plain() && f.so {
			equalities++
		}
	}
	apart := slices.IndexFunc(l, fact.apart)
	switch {
	case slices.ContainsFunc(l, func(f fact) bool { return len(f.template) > 0 && !f.plain() && !f.apart() }):
	case equalities > 1 || equalities == 1 && apart >= 0, equalities == 1 && p.jointVoid(l):
		p.joint(l)
		p.clause(l)
		return
	case apart >= 0:
		p.equal(l, l[apart])
		p.clause(l)
		return
	}
	p.b.WriteString("(push 1)\n")
	if v.kind == number {
		sort := "Real"
		if v.integer {
			sort = "Int"
		}
		fmt.Fprintf(&p.b, "(declare-const x %s) ; %s\n", sort, v.name)
		var spans []string
		for _, s := range v.spans {
			spans = append(spans, s.smt("x", v.integer))
		}
		if len(spans) > 0 {
			fmt.Fprintf(&p.b, "(assert (or %s))\n", strings.Join(append(spans, "false"), " "))
		}
		for _, f := range l {
			fmt.Fprintf(&p.b, "(assert %s)\n", signed(f.between.smt("x", v.integer), f.so))
		}
	} else {
		fmt.Fprintf(&p.b, "(declare-const x String) ; %s\n(assert (str.in_re x %s))\n", v.name, p.linkedRegion(v, l).smt())
	}
	p.b.WriteString("(check-sat)\n(pop 1)\n")
	p.checks++
	p.clause(l)
}

// clause says that the facts are not all so.
func (p *printer) clause(l lemma) {
	p.b.WriteString("(assert (or")
	for _, f := range l {
		p.b.WriteString(" " + signed(fmt.Sprintf("a%d", f.id), !f.so))
	}
	p.b.WriteString(" false))\n")
}

// joint proves that variables which are equal cannot be: one text stands for all that
// are, in the regular expressions of each. Solvers decide what one text can be at once,
// and of two that are equal they often cannot tell.
func (p *printer) joint(l lemma) {
	find := equals(l)
	var order []*variable
	words, within := map[*variable][]string{}, map[*variable][]*regex{}
	add := func(v *variable, r *regex) {
		root := find(v)
		if words[root] == nil {
			order = append(order, root)
		}
		if !slices.Contains(words[root], v.name) {
			words[root] = append(words[root], v.name)
			within[root] = append(within[root], v.base)
		}
		within[root] = append(within[root], r)
	}
	var apart [][2]*variable
	for _, f := range l {
		switch {
		case f.pair(): // what is not equal but for case is not equal
			add(f.of, p.pool.all)
			add(f.template[0].of, p.pool.all)
			if !f.so {
				apart = append(apart, [2]*variable{find(f.of), find(f.template[0].of)})
			}
		case f.so:
			add(f.of, f.in)
		default:
			add(f.of, p.pool.not(f.in))
		}
	}
	p.b.WriteString("(push 1)\n")
	names := map[*variable]string{}
	for _, root := range order {
		names[root] = fmt.Sprintf("x%d", len(names))
		fmt.Fprintf(&p.b, "(declare-const %s String) ; %s\n(assert (str.in_re %s %s))\n",
			names[root], strings.Join(words[root], ", and the same: "), names[root], p.pool.inter(within[root]...).smt())
	}
	for _, pair := range apart {
		fmt.Fprintf(&p.b, "(assert (not (= %s %s)))\n", names[pair[0]], names[pair[1]])
	}
	p.b.WriteString("(check-sat)\n(pop 1)\n")
	p.checks++
}

// equal proves that two variables are equal, or equal but for case: neither can be
// anything but one text.
func (p *printer) equal(l lemma, f fact) {
	by := map[*variable]lemma{}
	for _, g := range l {
		if len(g.template) == 0 {
			by[g.of] = append(by[g.of], g)
		}
	}
	found, _ := p.pool.shortest(p.region(f.of, by[f.of]), 1)
	for _, v := range []*variable{f.of, f.template[0].of} {
		r := p.pool.inter(p.region(v, by[v]), p.pool.not(p.same(f, found[0])))
		fmt.Fprintf(&p.b, "(push 1)\n(declare-const x String) ; %s\n(assert (str.in_re x %s))\n(check-sat)\n(pop 1)\n", v.name, r.smt())
		p.checks++
	}
}

func signed(s string, so bool) string {
	if so {
		return s
	}
	return "(not " + s + ")"
}

func numeral(n *big.Rat, integer bool) string {
	show := func(i *big.Int) string {
		if i.Sign() < 0 {
			return "(- " + new(big.Int).Neg(i).String() + ")"
		}
		return i.String()
	}
	switch {
	case integer && n.IsInt():
		return show(n.Num())
	case n.IsInt():
		if n.Sign() < 0 {
			return "(- " + new(big.Int).Neg(n.Num()).String() + ".0)"
		}
		return n.Num().String() + ".0"
	}
	return fmt.Sprintf("(/ %s %s)", strings.Replace(show(n.Num()), ")", ".0)", 1), n.Denom().String()+".0")
}

func (s span) smt(x string, integer bool) string {
	var parts []string
	if s.low != nil {
		op := ">="
		if s.lowOpen {
			op = ">"
		}
		parts = append(parts, fmt.Sprintf("(%s %s %s)", op, x, numeral(s.low, integer)))
	}
	if s.high != nil {
		op := "<="
		if s.highOpen {
			op = "<"
		}
		parts = append(parts, fmt.Sprintf("(%s %s %s)", op, x, numeral(s.high, integer)))
	}
	switch len(parts) {
	case 0:
		return "true"
	case 1:
		return parts[0]
	}
	return "(and " + strings.Join(parts, " ") + ")"
}

// define writes the nodes that have a label or are used more than once.
func (p *printer) define(f *formula) {
	if _, done := p.names[f]; done || f.op == atomic || f.op == always || f.op == never {
		return
	}
	for _, s := range f.subs {
		p.define(s)
	}
	if f.label == "" && (p.shared[f] < 2 || f.op == negation) {
		return
	}
	name := f.label
	if name == "" {
		name = fmt.Sprintf("part %d", f.id)
	}
	for n := 2; p.taken[name]; n++ {
		name = fmt.Sprintf("%s (%d)", f.label, n)
	}
	p.taken[name] = true
	fmt.Fprintf(&p.b, "(define-fun |%s| () Bool %s)\n", name, p.expression(f))
	p.names[f] = "|" + name + "|"
}

func (p *printer) term(f *formula) string {
	if name, ok := p.names[f]; ok {
		return name
	}
	return p.expression(f)
}

func (p *printer) expression(f *formula) string {
	switch f.op {
	case atomic:
		return fmt.Sprintf("a%d", f.atom.id)
	case always:
		return "true"
	case never:
		return "false"
	case negation:
		return "(not " + p.term(f.subs[0]) + ")"
	}
	var b strings.Builder
	b.WriteString(map[connective]string{and: "(and", or: "(or"}[f.op])
	for _, s := range f.subs {
		b.WriteString(" " + p.term(s))
	}
	b.WriteString(")")
	return b.String()
}

func symbol(v *variable) string { return "|" + v.name + "|" }

// value defines a variable by its value: the model's, or any where it does not
// matter.
func (p *printer) value(v *variable, m *model) {
	if v.kind == number {
		n := m.numbers[v]
		if n == nil {
			for _, s := range samples(v, nil) {
				if n == nil && fitsNumber(v, nil, s) {
					n = s
				}
			}
			m.numbers[v] = n
		}
		sort := "Real"
		if v.integer {
			sort = "Int"
		}
		fmt.Fprintf(&p.b, "(define-fun %s () %s %s)\n", symbol(v), sort, numeral(n, v.integer))
		var spans []string
		for _, s := range v.spans {
			spans = append(spans, s.smt(symbol(v), v.integer))
		}
		if len(spans) > 0 {
			fmt.Fprintf(&p.b, "(assert (or %s))\n", strings.Join(append(spans, "false"), " "))
		}
		return
	}
	t, ok := m.texts[v]
	if !ok {
		found, _ := p.pool.shortest(v.base, 1)
		t = found[0]
		m.texts[v] = t
	}
	fmt.Fprintf(&p.b, "(define-fun %s () String %s)\n(assert (str.in_re %s %s))\n", symbol(v), quote(t), symbol(v), v.base.smt())
}

// ground is an atom of variables that have values.
func (p *printer) ground(a *atom, m *model) string {
	switch {
	case a.of.kind == truth:
		return fmt.Sprint(m.truths[a.of])
	case a.of.kind == number:
		return a.between.smt(symbol(a.of), a.of.integer)
	case len(a.template) > 0:
		r := p.fill(a, func(v *variable) *regex { return p.pool.text(m.texts[v]) })
		return fmt.Sprintf("(str.in_re %s %s)", symbol(a.of), r.smt())
	}
	return fmt.Sprintf("(str.in_re %s %s)", symbol(a.of), a.in.smt())
}

// Scripts are a claim's certificate, under what is said of it: one question that
// has no answer where it holds, and where it does not, one that has one and the
// same with the answer in it.
func (c *Claim) Scripts(header []string, says Verdict) []Script {
	sure, may := c.no, c.no
	for _, b := range c.breaches {
		sure, may = c.or(sure, labelled(b.sure, b.words)), c.or(may, labelled(b.may, b.words))
	}
	if says == Holds {
		c.decide(may)
		return []Script{c.script(header, may, "unsat")}
	}
	got, m := c.decide(sure)
	out := []Script{c.script(header, sure, "sat")}
	if got == satisfiable {
		out = append(out, c.encoder.witness(header, sure, m))
	}
	return out
}
