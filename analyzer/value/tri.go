package value

// Tri is a truth value of Kleene's three-valued logic. The zero Tri is
// Maybe: a forgotten answer is never "safe".
type Tri int8

// The truth values.
const (
	Maybe Tri = iota
	No
	Yes
)

// TriOf is Yes or No.
func TriOf(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// And is the conjunction.
func (a Tri) And(b Tri) Tri {
	switch {
	case a == No || b == No:
		return No
	case a == Yes && b == Yes:
		return Yes
	}
	return Maybe
}

// Or is the disjunction.
func (a Tri) Or(b Tri) Tri { return a.Not().And(b.Not()).Not() }

// Not is the negation.
func (a Tri) Not() Tri {
	switch a {
	case No:
		return Yes
	case Yes:
		return No
	}
	return Maybe
}

func (a Tri) String() string { return [...]string{"unknown", "false", "true"}[a] }
