package certificate

import (
	"math/big"
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// A fact is an atom that is so, or is not.
type fact struct {
	*atom
	so bool
}

// answer is what a formula came to.
type answer uint8

const (
	undecided answer = iota
	satisfiable
	unsatisfiable
)

// A lemma says that the facts cannot be so together.
type lemma []fact

// model is a value for every variable that matters.
type model struct {
	truths  map[*variable]bool
	texts   map[*variable]string
	numbers map[*variable]*big.Rat
}

// search decides formulas, and keeps what it found out about variables.
type search struct {
	*formulas
	pool   *pool
	lemmas []lemma
	placed int
	seen   []*policy.Document // in the order of their numbers
}

// maxRounds bounds the ways to make a formula true that are looked at.
const maxRounds = 20_000

// decide looks for values of the variables with which the formula holds. It asks
// for a way to make it true, and whether the variables can be as that way needs
// them; where they cannot, that is a lemma, and it asks again.
func (s *search) decide(f *formula) (answer, *model) {
	var sat satSolver
	propositions := map[*formula]literal{}
	sat.add(s.clauses(&sat, f, propositions))
	for _, l := range s.lemmas {
		s.addLemma(&sat, l, propositions)
	}
	unclear := false
	for rounds := 0; sat.solve(); rounds++ {
		if rounds == maxRounds {
			return undecided, nil
		}
		facts := s.implicant(f, func(a *formula) bool { return sat.is(propositions[a]) == 1 })
		m, conflict, sure := s.check(facts)
		switch {
		case conflict == nil && sure:
			return satisfiable, m
		case conflict == nil:
			// Whether these can be is not known: look for another way.
			unclear = true
			conflict = facts
		default:
			s.lemmas = append(s.lemmas, conflict)
		}
		s.addLemma(&sat, conflict, propositions)
	}
	if unclear {
		return undecided, nil
	}
	return unsatisfiable, nil
}

// clauses adds what defines a formula, and returns what stands for it.
func (s *search) clauses(sat *satSolver, f *formula, known map[*formula]literal) literal {
	if l, ok := known[f]; ok {
		return l
	}
	if f.op == negation {
		l := s.clauses(sat, f.subs[0], known).negated()
		known[f] = l
		return l
	}
	var subs []literal
	for _, sub := range f.subs {
		subs = append(subs, s.clauses(sat, sub, known))
	}
	l := literal(2 * len(sat.value))
	sat.grow(len(sat.value) + 1)
	known[f] = l
	switch f.op {
	case always:
		sat.add(l)
	case never:
		sat.add(l.negated())
	case and:
		whole := []literal{l}
		for _, sub := range subs {
			sat.add(l.negated(), sub)
			whole = append(whole, sub.negated())
		}
		sat.add(whole...)
	case or:
		for _, sub := range subs {
			sat.add(l, sub.negated())
		}
		sat.add(append(subs, l.negated())...)
	}
	return l
}

func (s *search) addLemma(sat *satSolver, l lemma, known map[*formula]literal) {
	var clause []literal
	for _, f := range l {
		p := s.clauses(sat, s.node(atomic, f.atom, nil), known)
		if f.so {
			p = p.negated()
		}
		clause = append(clause, p)
	}
	sat.add(clause...)
}

// implicant is the facts that make the formula true under a valuation of all.
func (s *search) implicant(f *formula, holds func(*formula) bool) lemma {
	var out lemma
	seen := map[[2]int]bool{}
	var walk func(f *formula, so bool)
	walk = func(f *formula, so bool) {
		key := [2]int{f.id, 0}
		if so {
			key[1] = 1
		}
		if seen[key] {
			return
		}
		seen[key] = true
		switch {
		case f.op == atomic:
			out = append(out, fact{f.atom, so})
		case f.op == negation:
			walk(f.subs[0], !so)
		case f.op == and && so, f.op == or && !so:
			for _, sub := range f.subs {
				walk(sub, so)
			}
		case f.op == and || f.op == or:
			for _, sub := range f.subs {
				if holds(sub) == so {
					walk(sub, so)
					return
				}
			}
		}
	}
	walk(f, true)
	slices.SortFunc(out, func(a, b fact) int { return a.id - b.id })
	return out
}

// check looks for values of which all facts are so. conflict is a part of them that
// cannot be. Without either, it is not known.
func (s *search) check(facts lemma) (m *model, conflict lemma, sure bool) {
	m = &model{truths: map[*variable]bool{}, texts: map[*variable]string{}, numbers: map[*variable]*big.Rat{}}
	var linked lemma
	by := map[*variable]lemma{}
	var order []*variable
	for _, f := range facts {
		if len(f.template) > 0 {
			linked = append(linked, f)
			for _, v := range append(f.others(), f.of) {
				if by[v] == nil {
					by[v] = lemma{}
					order = append(order, v)
				}
			}
			continue
		}
		if by[f.of] == nil {
			order = append(order, f.of)
		}
		by[f.of] = append(by[f.of], f)
	}
	sure = true
	for _, v := range order {
		if ok, known := s.fits(v, by[v], m); known && !ok {
			return nil, s.core(v, by[v]), true
		} else if !known {
			sure = false
		}
	}
	if len(linked) > 0 && sure {
		return s.link(linked, by, m)
	}
	return m, nil, sure
}

// fits gives a variable a value of which the facts are so.
func (s *search) fits(v *variable, facts lemma, m *model) (ok, sure bool) {
	switch v.kind {
	case truth:
		m.truths[v] = facts[0].so
		return true, true
	case number:
		for _, n := range samples(v, facts) {
			if fitsNumber(v, facts, n) {
				m.numbers[v] = n
				return true, true
			}
		}
		return false, true
	}
	r := s.region(v, facts)
	if empty, known := s.pool.void(r); empty || !known {
		return false, known
	}
	found, _ := s.pool.shortest(r, 1)
	m.texts[v] = found[0]
	return true, true
}

// region is the texts of a variable of which the facts are so.
func (s *search) region(v *variable, facts lemma) *regex {
	list := []*regex{v.base}
	for _, f := range facts {
		if f.so {
			list = append(list, f.in)
		} else {
			list = append(list, s.pool.not(f.in))
		}
	}
	return s.pool.inter(list...)
}

// core is a least part of the facts that cannot be so together.
func (s *search) core(v *variable, facts lemma) lemma {
	kept := slices.Clone(facts)
	scratch := &model{truths: map[*variable]bool{}, texts: map[*variable]string{}, numbers: map[*variable]*big.Rat{}}
	for i := len(kept) - 1; i >= 0 && len(kept) > 1; i-- {
		fewer := slices.Delete(slices.Clone(kept), i, i+1)
		if ok, sure := s.fits(v, fewer, scratch); sure && !ok {
			kept = fewer
		}
	}
	return kept
}

func fitsNumber(v *variable, facts lemma, n *big.Rat) bool {
	if v.integer && !n.IsInt() {
		return false
	}
	if v.spans != nil && !slices.ContainsFunc(v.spans, func(s span) bool { return s.holds(n) }) {
		return false
	}
	return !slices.ContainsFunc(facts, func(f fact) bool { return f.between.holds(n) != f.so })
}

// samples are numbers of which every stretch between the bounds has one.
func samples(v *variable, facts lemma) []*big.Rat {
	var bounds []*big.Rat
	add := func(s span) {
		for _, n := range []*big.Rat{s.low, s.high} {
			if n != nil {
				bounds = append(bounds, n)
			}
		}
	}
	for _, s := range v.spans {
		add(s)
	}
	for _, f := range facts {
		add(f.between)
	}
	slices.SortFunc(bounds, (*big.Rat).Cmp)
	one := big.NewRat(1, 1)
	out := []*big.Rat{new(big.Rat)}
	for i, n := range bounds {
		below, above := new(big.Rat).Sub(n, one), new(big.Rat).Add(n, one)
		out = append(out, n, below, above)
		if i > 0 {
			middle := new(big.Rat).Add(bounds[i-1], n)
			out = append(out, middle.Mul(middle, big.NewRat(1, 2)))
		}
	}
	return out
}

const (
	// candidates bounds how many texts of a variable are tried in the place of it,
	// fewNegated those of one that others only must not be.
	candidates, fewNegated = 12, 3
	// maxPlaced bounds how often all variables are given texts.
	maxPlaced = 1_000
)

// link gives values to variables that templates tie together.
func (s *search) link(linked lemma, by map[*variable]lemma, m *model) (*model, lemma, bool) {
	// What cannot be of one variable, whatever those in its templates are, cannot be.
	for _, f := range linked {
		facts := lemma{f}
		list := []*regex{s.region(f.of, by[f.of]), s.reach(f, by)}
		for _, g := range linked {
			if g.of == f.of && g.atom != f.atom && g.so {
				list = append(list, s.reach(g, by))
				facts = append(facts, g)
			}
		}
		if empty, sure := s.pool.void(s.pool.inter(list...)); empty && sure {
			return nil, s.linkedCore(f.of, facts, by), true
		}
	}
	if l := s.unequal(linked, by); l != nil {
		return nil, l, true
	}
	for _, f := range linked {
		if l := s.forced(f, by); l != nil {
			return nil, l, true
		}
	}
	var free []*variable // those that stand in templates
	for _, f := range linked {
		for _, v := range f.others() {
			if !slices.Contains(free, v) {
				free = append(free, v)
			}
		}
	}
	s.placed = 0
	if s.place(free, linked, by, m) {
		return m, nil, true
	}
	return nil, nil, false
}

// pair says that a fact is about two variables alone: whether they are equal, or equal
// but for case.
func (f fact) pair() bool { return len(f.template) == 1 && f.template[0].of != nil }

// plain says that a fact is that two variables are equal, or that they are not.
func (f fact) plain() bool { return f.pair() && !f.fold }

// apart says that a fact is that two variables are not equal, or not even but for case.
func (f fact) apart() bool { return f.pair() && !f.so }

// same is the texts that a variable has where it is equal to one, as the fact has it.
func (s *search) same(f fact, text string) *regex {
	r := s.pool.text(text)
	if f.fold {
		r = s.pool.folded(r)
	}
	return r
}

// equals finds, of the variables that facts make equal, the one that stands for all.
func equals(facts lemma) func(*variable) *variable {
	class := map[*variable]*variable{}
	var find func(v *variable) *variable
	find = func(v *variable) *variable {
		if p, ok := class[v]; ok && p != v {
			return find(p)
		}
		return v
	}
	for _, f := range facts {
		if f.so && f.plain() {
			class[find(f.of)] = find(f.template[0].of)
		}
	}
	return find
}

// unequal is why variables that have to be equal cannot be: two of them must differ,
// or there is no text that all of them can be.
func (s *search) unequal(linked lemma, by map[*variable]lemma) lemma {
	find := equals(linked)
	joined := map[*variable]lemma{}
	members := map[*variable][]*variable{}
	add := func(v *variable) {
		if root := find(v); !slices.Contains(members[root], v) {
			members[root] = append(members[root], v)
			joined[root] = append(joined[root], by[v]...)
		}
	}
	var roots []*variable
	for _, f := range linked {
		if !f.plain() && !f.apart() {
			continue
		}
		root := find(f.of)
		if !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
		if f.so {
			add(f.of)
			add(f.template[0].of)
			joined[root] = append(joined[root], f)
		}
	}
	for _, f := range linked {
		if f.apart() && find(f.of) == find(f.template[0].of) {
			var out lemma
			for _, g := range joined[find(f.of)] {
				if g.plain() {
					out = append(out, g)
				}
			}
			return s.jointCore(append(out, f))
		}
	}
	for _, root := range roots {
		if len(members[root]) > 1 && s.jointVoid(joined[root]) {
			return s.jointCore(joined[root])
		}
	}
	return nil
}

// jointVoid says that facts cannot be so together, of which those that are about two
// variables are that they are equal, or not.
func (s *search) jointVoid(facts lemma) bool {
	find := equals(facts)
	list := map[*variable][]*regex{}
	for _, f := range facts {
		switch {
		case f.apart():
			if find(f.of) == find(f.template[0].of) {
				return true
			}
		case f.plain():
			for _, v := range []*variable{f.of, f.template[0].of} {
				list[find(v)] = append(list[find(v)], v.base)
			}
		case len(f.template) > 0: // about more than equality: link asks
		default:
			list[find(f.of)] = append(list[find(f.of)], s.region(f.of, lemma{f}))
		}
	}
	for _, regexes := range list {
		if empty, sure := s.pool.void(s.pool.inter(regexes...)); empty && sure {
			return true
		}
	}
	return false
}

// jointCore leaves out facts without which the others still cannot be.
func (s *search) jointCore(facts lemma) lemma {
	for i := len(facts) - 1; i >= 0 && len(facts) > 1; i-- {
		if fewer := slices.Delete(slices.Clone(facts), i, i+1); s.jointVoid(fewer) {
			facts = fewer
		}
	}
	slices.SortFunc(facts, func(a, b fact) int { return a.id - b.id })
	return facts
}

// forced is why two variables are equal, or equal but for case, that must not be: each
// can be one text alone, and it is the same.
func (s *search) forced(f fact, by map[*variable]lemma) lemma {
	if !f.apart() {
		return nil
	}
	found, _ := s.pool.shortest(s.region(f.of, by[f.of]), 1)
	if len(found) == 0 {
		return nil
	}
	var out lemma
	for _, v := range []*variable{f.of, f.template[0].of} {
		facts, ok := s.only(v, by[v], s.same(f, found[0]))
		if !ok {
			return nil
		}
		out = append(out, facts...)
	}
	out = append(out, f)
	slices.SortFunc(out, func(a, b fact) int { return a.id - b.id })
	return out
}

// only is a least part of the facts under which a variable can be some texts alone.
func (s *search) only(v *variable, facts lemma, texts *regex) (lemma, bool) {
	alone := func(facts lemma) bool {
		empty, sure := s.pool.void(s.pool.inter(s.region(v, facts), s.pool.not(texts)))
		return empty && sure
	}
	if !alone(facts) {
		return nil, false
	}
	kept := slices.Clone(facts)
	for i := len(kept) - 1; i >= 0; i-- {
		if fewer := slices.Delete(slices.Clone(kept), i, i+1); alone(fewer) {
			kept = fewer
		}
	}
	return kept, true
}

// reach is the texts that a template may give, whatever the variables in it are;
// every text, where it must not be one of them.
func (s *search) reach(f fact, by map[*variable]lemma) *regex {
	if !f.so {
		return s.pool.all
	}
	return s.fill(f.atom, func(v *variable) *regex { return s.region(v, by[v]) })
}

// fill is a template with sets of texts in the places of variables.
func (s *search) fill(a *atom, value func(*variable) *regex) *regex {
	var list []*regex
	for _, e := range a.template {
		if e.of != nil {
			list = append(list, value(e.of))
		} else {
			list = append(list, s.pool.element(e))
		}
	}
	out := s.pool.concat(list...)
	if a.fold {
		out = s.pool.folded(out)
	}
	return out
}

// linkedCore leaves out facts without which the others still cannot be.
func (s *search) linkedCore(v *variable, templates lemma, by map[*variable]lemma) lemma {
	all := slices.Clone(templates)
	add := func(w *variable) {
		for _, f := range by[w] {
			if !slices.ContainsFunc(all, func(g fact) bool { return g.atom == f.atom }) {
				all = append(all, f)
			}
		}
	}
	add(v)
	for _, t := range templates {
		if t.so {
			for _, w := range t.others() {
				add(w)
			}
		}
	}
	void := func(facts lemma) bool {
		empty, sure := s.pool.void(s.linkedRegion(v, facts))
		return empty && sure
	}
	for i := len(all) - 1; i >= 0 && len(all) > 1; i-- {
		if fewer := slices.Delete(slices.Clone(all), i, i+1); void(fewer) {
			all = fewer
		}
	}
	slices.SortFunc(all, func(a, b fact) int { return a.id - b.id })
	return all
}

// linkedRegion is the texts that a variable may be under facts about it and about
// those in its templates.
func (s *search) linkedRegion(v *variable, facts lemma) *regex {
	by := map[*variable]lemma{}
	for _, f := range facts {
		if len(f.template) == 0 {
			by[f.of] = append(by[f.of], f)
		}
	}
	list := []*regex{s.region(v, by[v])}
	for _, f := range facts {
		if len(f.template) > 0 && f.of == v {
			list = append(list, s.reach(f, by))
		}
	}
	return s.pool.inter(list...)
}

// place tries texts for the variables in templates, one after the other, and then
// asks whether the templates can be so.
func (s *search) place(free []*variable, linked lemma, by map[*variable]lemma, m *model) bool {
	if len(free) == 0 {
		s.placed++
		return s.settle(linked, by, m)
	}
	v := free[0]
	n := fewNegated
	if slices.ContainsFunc(linked, func(f fact) bool { return f.so && slices.Contains(f.others(), v) }) {
		n = candidates
	}
	tried, _ := s.pool.shortest(s.wanted(v, linked, by, m), n)
	more, _ := s.pool.shortest(s.region(v, by[v]), n)
	for _, t := range append(tried, more...) {
		if s.placed > maxPlaced {
			return false
		}
		m.texts[v] = t
		if s.place(free[1:], linked, by, m) {
			return true
		}
	}
	return false
}

// wanted is the texts of a variable that others are to be equal to: those that are
// among what the others can be.
func (s *search) wanted(v *variable, linked lemma, by map[*variable]lemma, m *model) *regex {
	list := []*regex{s.region(v, by[v])}
	for _, f := range linked {
		if !f.so || !f.plain() || f.template[0].of != v {
			continue
		}
		list = append(list, s.region(f.of, by[f.of]))
		for _, g := range linked {
			if g.so && g.of == f.of && g.atom != f.atom { // it is to be this as well
				list = append(list, s.fill(g.atom, func(w *variable) *regex {
					if w == v {
						return s.pool.all
					}
					return s.region(w, by[w])
				}))
			}
		}
	}
	return s.pool.inter(list...)
}

// settle gives the variables that templates are about their texts, when those in
// the templates have theirs.
func (s *search) settle(linked lemma, by map[*variable]lemma, m *model) bool {
	var order []*variable
	for _, f := range linked {
		if !slices.Contains(order, f.of) {
			order = append(order, f.of)
		}
	}
	placed := map[*variable]bool{}
	for _, f := range linked {
		for _, v := range f.others() {
			placed[v] = true
		}
	}
	for _, v := range order {
		list := []*regex{s.region(v, by[v])}
		if placed[v] {
			list = append(list, s.pool.text(m.texts[v]))
		}
		for _, f := range linked {
			if f.of != v {
				continue
			}
			r := s.fill(f.atom, func(w *variable) *regex { return s.pool.text(m.texts[w]) })
			if !f.so {
				r = s.pool.not(r)
			}
			list = append(list, r)
		}
		found, _ := s.pool.shortest(s.pool.inter(list...), 1)
		if len(found) == 0 {
			return false
		}
		m.texts[v] = found[0]
	}
	return true
}

// holds says whether the formula holds under the model. Variables without a value
// do not matter.
func (s *search) holds(f *formula, m *model) bool {
	switch f.op {
	case always:
		return true
	case never:
		return false
	case negation:
		return !s.holds(f.subs[0], m)
	case and:
		return !slices.ContainsFunc(f.subs, func(sub *formula) bool { return !s.holds(sub, m) })
	case or:
		return slices.ContainsFunc(f.subs, func(sub *formula) bool { return s.holds(sub, m) })
	}
	a := f.atom
	switch {
	case a.of.kind == truth:
		return m.truths[a.of]
	case a.of.kind == number:
		n, ok := m.numbers[a.of]
		return ok && a.between.holds(n)
	case len(a.template) > 0:
		return s.pool.holds(s.fill(a, func(v *variable) *regex { return s.pool.text(m.texts[v]) }), m.texts[a.of])
	}
	return s.pool.holds(a.in, m.texts[a.of])
}
