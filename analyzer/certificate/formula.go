package certificate

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// A variable is one thing that a request can vary in.
type variable struct {
	name string // as it is told: "account of the caller"
	kind variableKind
	// base is which texts it can be, and spans which numbers.
	base    *regex
	spans   []span
	integer bool
	few     bool // it is one of a few texts

	alphabet *set             // the letters of base
	members  map[int]*formula // that it is in a set, by the set
}

type variableKind uint8

const (
	truth variableKind = iota
	text
	number
)

// A span is the numbers between two, which are among them unless they are open;
// nil is without bound.
type span struct {
	low, high         *big.Rat
	lowOpen, highOpen bool
}

func (s span) holds(n *big.Rat) bool {
	if s.low != nil {
		if c := n.Cmp(s.low); c < 0 || c == 0 && s.lowOpen {
			return false
		}
	}
	if s.high != nil {
		if c := n.Cmp(s.high); c > 0 || c == 0 && s.highOpen {
			return false
		}
	}
	return true
}

func (s span) String() string {
	show := func(n *big.Rat) string {
		if n == nil {
			return "*"
		}
		return n.RatString()
	}
	return fmt.Sprint(s.lowOpen, show(s.low), " ", show(s.high), s.highOpen)
}

// An atom is one thing that may be true of one variable: that it is, that its text
// is in a set, or that its number is in a span. An atom with a template is about
// two: the text is the template with the other variables' texts in their places.
type atom struct {
	id       int
	of       *variable
	in       *regex
	between  span
	template []element
	fold     bool // of a template: without regard to case
}

// others are the variables in the template.
func (a *atom) others() []*variable {
	var out []*variable
	for _, e := range a.template {
		if e.of != nil && !slices.Contains(out, e.of) {
			out = append(out, e.of)
		}
	}
	return out
}

type connective uint8

const (
	atomic connective = iota
	always
	never
	and
	or
	negation
)

// A formula is a node of a graph: equal ones are one.
type formula struct {
	id   int
	op   connective
	atom *atom
	subs []*formula
	// label says what it stands for, where the certificate should say it.
	label string
}

// formulas makes formulas and atoms.
type formulas struct {
	known map[string]*formula
	atoms map[string]*atom
	list  []*atom
	yes   *formula
	no    *formula
}

func newFormulas() *formulas {
	f := &formulas{known: map[string]*formula{}, atoms: map[string]*atom{}}
	f.yes, f.no = f.node(always, nil, nil), f.node(never, nil, nil)
	return f
}

func (f *formulas) node(op connective, a *atom, subs []*formula) *formula {
	var key strings.Builder
	fmt.Fprint(&key, op)
	if a != nil {
		fmt.Fprint(&key, " a", a.id)
	}
	for _, s := range subs {
		fmt.Fprint(&key, " ", s.id)
	}
	if old, ok := f.known[key.String()]; ok {
		return old
	}
	n := &formula{id: len(f.known), op: op, atom: a, subs: subs}
	f.known[key.String()] = n
	return n
}

func (f *formulas) atom(key string, a atom) *formula {
	old, ok := f.atoms[key]
	if !ok {
		a.id = len(f.list)
		old = &a
		f.atoms[key] = old
		f.list = append(f.list, old)
	}
	return f.node(atomic, old, nil)
}

func (f *formulas) is(v *variable) *formula {
	return f.atom("is "+v.name, atom{of: v})
}

func (f *formulas) between(v *variable, s span) *formula {
	return f.atom("between "+v.name+" "+s.String(), atom{of: v, between: s})
}

func (f *formulas) not(a *formula) *formula {
	switch a.op {
	case always:
		return f.no
	case never:
		return f.yes
	case negation:
		return a.subs[0]
	}
	return f.node(negation, nil, []*formula{a})
}

func (f *formulas) and(list ...*formula) *formula { return f.many(and, list, f.yes, f.no) }

func (f *formulas) or(list ...*formula) *formula { return f.many(or, list, f.no, f.yes) }

func (f *formulas) many(op connective, list []*formula, neutral, zero *formula) *formula {
	var flat []*formula
	for _, s := range list {
		switch {
		case s == zero:
			return zero
		case s == neutral || slices.Contains(flat, s):
		case s.op == op && s.label == "":
			for _, t := range s.subs {
				if !slices.Contains(flat, t) {
					flat = append(flat, t)
				}
			}
		default:
			flat = append(flat, s)
		}
	}
	for _, s := range flat {
		if s.op == negation && slices.Contains(flat, s.subs[0]) {
			return zero
		}
	}
	switch len(flat) {
	case 0:
		return neutral
	case 1:
		return flat[0]
	}
	return f.node(op, nil, flat)
}

func (f *formulas) implies(a, b *formula) *formula { return f.or(f.not(a), b) }

// labelled is a with a name in the certificate, unless it is plain.
func labelled(a *formula, label string) *formula {
	if a.label == "" && (a.op == and || a.op == or) {
		a.label = label
	}
	return a
}

// A tri is what is certainly so and what may be so: between the two lies what AWS
// does not document and what the documents do not say.
type tri struct{ sure, may *formula }

func (f *formulas) exactly(a *formula) tri { return tri{a, a} }

// unknown may be so or not.
func (f *formulas) unknown() tri { return tri{f.no, f.yes} }

func (f *formulas) triNot(t tri) tri { return tri{f.not(t.may), f.not(t.sure)} }

func (f *formulas) triAnd(list ...tri) tri {
	out := tri{f.yes, f.yes}
	for _, t := range list {
		out = tri{f.and(out.sure, t.sure), f.and(out.may, t.may)}
	}
	return out
}

func (f *formulas) triOr(list ...tri) tri {
	out := tri{f.no, f.no}
	for _, t := range list {
		out = tri{f.or(out.sure, t.sure), f.or(out.may, t.may)}
	}
	return out
}
