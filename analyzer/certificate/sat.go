package certificate

import "slices"

// A literal is a proposition from 0, times two, plus one where it is denied.
type literal int

func (l literal) negated() literal { return l ^ 1 }

// satSolver decides whether clauses can be met: conflict-driven clause learning,
// without anything that larger problems would need. It always tries the lowest
// proposition first, and false before true, so that its answers are the same every
// time.
type satSolver struct {
	clauses [][]literal
	watch   [][]int // clauses, by the literal that they watch
	value   []int8  // of propositions: 1, -1 or 0
	level   []int
	reason  []int // the clause that forced it, or -1
	trail   []literal
	limits  []int // where levels begin on the trail
	head    int
	broken  bool
}

func (s *satSolver) grow(propositions int) {
	for len(s.value) < propositions {
		s.value, s.level, s.reason = append(s.value, 0), append(s.level, 0), append(s.reason, -1)
		s.watch = append(s.watch, nil, nil)
	}
}

func (s *satSolver) is(l literal) int8 {
	v := s.value[l>>1]
	if l&1 == 1 {
		return -v
	}
	return v
}

// add adds a clause. Decisions are taken back.
func (s *satSolver) add(clause ...literal) {
	s.back(0)
	var kept []literal
	for _, l := range clause {
		s.grow(int(l>>1) + 1)
		switch {
		case s.is(l) == 1 || slices.Contains(kept, l.negated()):
			return
		case s.is(l) == 0 && !slices.Contains(kept, l):
			kept = append(kept, l)
		}
	}
	switch len(kept) {
	case 0:
		s.broken = true
	case 1:
		s.enqueue(kept[0], -1)
		s.broken = s.broken || s.propagate() >= 0
	default:
		s.attach(kept)
	}
}

func (s *satSolver) attach(clause []literal) int {
	i := len(s.clauses)
	s.clauses = append(s.clauses, clause)
	s.watch[clause[0]] = append(s.watch[clause[0]], i)
	s.watch[clause[1]] = append(s.watch[clause[1]], i)
	return i
}

func (s *satSolver) enqueue(l literal, reason int) {
	v := int8(1)
	if l&1 == 1 {
		v = -1
	}
	s.value[l>>1], s.level[l>>1], s.reason[l>>1] = v, len(s.limits), reason
	s.trail = append(s.trail, l)
}

func (s *satSolver) back(level int) {
	if len(s.limits) <= level {
		return
	}
	for _, l := range s.trail[s.limits[level]:] {
		s.value[l>>1] = 0
	}
	s.trail = s.trail[:s.limits[level]]
	s.limits = s.limits[:level]
	s.head = len(s.trail)
}

// propagate follows what is forced, and returns a clause that cannot be met, or -1.
func (s *satSolver) propagate() int {
	for ; s.head < len(s.trail); s.head++ {
		denied := s.trail[s.head].negated()
		list := s.watch[denied]
		kept := list[:0]
		for n, i := range list {
			c := s.clauses[i]
			if c[0] == denied {
				c[0], c[1] = c[1], c[0]
			}
			if s.is(c[0]) == 1 {
				kept = append(kept, i)
				continue
			}
			moved := false
			for k := 2; k < len(c); k++ {
				if s.is(c[k]) != -1 {
					c[1], c[k] = c[k], c[1]
					s.watch[c[1]] = append(s.watch[c[1]], i)
					moved = true
					break
				}
			}
			if moved {
				continue
			}
			kept = append(kept, i)
			if s.is(c[0]) == -1 {
				kept = append(kept, list[n+1:]...)
				s.watch[denied] = kept
				return i
			}
			s.enqueue(c[0], i)
		}
		s.watch[denied] = kept
	}
	return -1
}

// solve finds values that meet all clauses.
func (s *satSolver) solve() bool {
	if s.broken {
		return false
	}
	s.back(0)
	for {
		if conflict := s.propagate(); conflict >= 0 {
			if len(s.limits) == 0 {
				s.broken = true
				return false
			}
			clause, level := s.learn(conflict)
			s.back(level)
			if len(clause) == 1 {
				s.enqueue(clause[0], -1)
			} else {
				s.enqueue(clause[0], s.attach(clause))
			}
			continue
		}
		next := slices.Index(s.value, 0)
		if next < 0 {
			return true
		}
		s.limits = append(s.limits, len(s.trail))
		s.enqueue(literal(2*next+1), -1)
	}
}

// learn is the clause that says why a conflict arose, with the one literal of the
// present level first, and the level to go back to.
func (s *satSolver) learn(conflict int) ([]literal, int) {
	out := []literal{0}
	seen := make([]bool, len(s.value))
	open := 0
	at := len(s.trail)
	var from literal = -1
	for {
		for _, l := range s.clauses[conflict] {
			p := l >> 1
			if l == from || seen[p] || s.level[p] == 0 {
				continue
			}
			seen[p] = true
			if s.level[p] == len(s.limits) {
				open++
			} else {
				out = append(out, l)
			}
		}
		for at--; !seen[s.trail[at]>>1]; at-- {
		}
		from = s.trail[at]
		if open--; open == 0 {
			break
		}
		conflict = s.reason[from>>1]
	}
	out[0] = from.negated()
	level := 0
	for i := 1; i < len(out); i++ {
		if l := s.level[out[i]>>1]; l > level {
			level = l
			out[1], out[i] = out[i], out[1]
		}
	}
	return out, level
}
