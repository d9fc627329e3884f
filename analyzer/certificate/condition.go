package certificate

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// condition is when a condition holds.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (e *encoder) condition(c *policy.Condition, variables policy.Tri) tri {
	op := c.Operator
	if op.Base == "" || c.Key == "" || len(c.Values) == 0 && !c.ValuesOpen {
		return e.unknown()
	}
	k := e.key(strings.ToLower(c.Key))
	if op.Family == policy.NullFamily {
		return e.null(c, k)
	}
	present := e.present(k)
	absent := e.exactly(e.no)
	switch {
	case op.Set == policy.ForAllValues && op.Negated:
		absent = e.unknown() // AWS's pages say both
	case op.Set == policy.ForAllValues:
		absent = e.exactly(e.yes)
	case op.Set == policy.ForAnyValue && (op.IfExists || op.Negated):
		absent = e.unknown()
	case op.Set == policy.NoSet && (op.IfExists || op.Negated):
		absent = e.exactly(e.yes)
	}
	out := e.triAnd(e.triNot(present), absent)
	if mistyped(op, k.family, c.Key) || k.list && op.Set == policy.NoSet {
		return e.triOr(out, e.triAnd(present, e.unknown()))
	}
	any, all := e.exactly(e.no), e.exactly(e.yes)
	for _, v := range k.cases {
		test := e.test(c, v, variables)
		when := e.exactly(v.when)
		any = e.triOr(any, e.triAnd(when, test))
		all = e.triAnd(all, e.triOr(e.triNot(when), test))
	}
	if k.unclear {
		return e.triOr(out, e.triAnd(present, e.unknown()))
	}
	if k.list && op.Set != policy.ForAnyValue {
		return e.triOr(out, e.triAnd(present, all))
	}
	return e.triOr(out, any)
}

// present is when the request carries the key.
func (e *encoder) present(k key) tri {
	if k.unclear {
		return e.unknown()
	}
	out := e.no
	for _, c := range k.cases {
		out = e.or(out, c.when)
	}
	return e.exactly(out)
}

func (e *encoder) null(c *policy.Condition, k key) tri {
	if c.Operator.Set != policy.NoSet {
		return e.unknown()
	}
	out := e.exactly(e.no)
	if c.ValuesOpen {
		out = e.unknown()
	}
	present := e.present(k)
	for _, v := range c.Values {
		text, known := v.Text()
		switch {
		case known && strings.EqualFold(text, "true"):
			out = e.triOr(out, e.triNot(present))
		case known && strings.EqualFold(text, "false"):
			out = e.triOr(out, present)
		default:
			out = e.triOr(out, e.unknown())
		}
	}
	return out
}

// mistyped says that AWS documents nothing about how the operator compares such
// values.
func mistyped(op policy.Operator, f policy.Family, name string) bool {
	switch f {
	case policy.BoolFamily, policy.NumericFamily, policy.IPFamily:
		return op.Family != f
	case policy.DateFamily:
		return op.Family != f && (op.Family != policy.NumericFamily || !strings.EqualFold(name, "aws:EpochTime"))
	}
	return false
}

// test is when one value satisfies the operator: for some of the condition's values,
// or, negated, for none.
func (e *encoder) test(c *policy.Condition, v keyCase, variables policy.Tri) tri {
	any := e.exactly(e.no)
	if c.ValuesOpen {
		any = e.unknown()
	}
	for _, p := range c.Values {
		any = e.triOr(any, e.compare(c.Operator, p, v, variables))
	}
	if c.Operator.Negated {
		return e.triNot(any)
	}
	return any
}

// compare is when one value satisfies the positive operator for one of the
// condition's.
func (e *encoder) compare(op policy.Operator, p policy.Pattern, v keyCase, variables policy.Tri) tri {
	text, known := p.Text()
	switch op.Family {
	case policy.StringFamily, policy.ARNFamily:
		if v.hidden {
			if known && text == "*" && op.Base == "StringLike" {
				return e.exactly(e.yes)
			}
			return e.unknown()
		}
		if v.pieces == nil {
			return e.unknown()
		}
		out := e.textual2(op, p, v.pieces, variables == policy.True)
		if variables == policy.Unknown {
			other := e.textual2(op, p, v.pieces, false)
			out = tri{e.and(out.sure, other.sure), e.or(out.may, other.may)}
		}
		return out
	}
	if !known || v.hidden {
		return e.unknown()
	}
	switch op.Family {
	case policy.BoolFamily:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") || v.pieces == nil {
			return e.unknown()
		}
		return e.exactly(e.match(letters(text), v.pieces, true))
	case policy.NumericFamily:
		if n, ok := new(big.Rat).SetString(text); ok && v.number != nil && !strings.ContainsAny(text, "/eExXpP_") {
			return e.exactly(e.between(v.number, bounded(op.Base, n)))
		}
	case policy.DateFamily:
		if at, ok := policy.ParseDate(text); ok && v.number != nil {
			return e.exactly(e.between(v.number, bounded(op.Base, seconds(at))))
		}
	case policy.IPFamily:
		if prefix, err := policy.ParseCIDR(text); err == nil && v.four != nil {
			s := spanOf(prefix)
			if prefix.Addr().Is4() {
				return e.exactly(e.and(e.not(v.isSix), e.between(v.four, s)))
			}
			return e.exactly(e.and(v.isSix, e.between(v.six, s)))
		}
	}
	return e.unknown()
}

func seconds(t time.Time) *big.Rat {
	out := new(big.Rat).SetInt64(t.Unix())
	return out.Add(out, big.NewRat(int64(t.Nanosecond()), 1_000_000_000))
}

// bounded is the numbers that a comparison with n accepts.
func bounded(base string, n *big.Rat) span {
	switch {
	case strings.HasSuffix(base, "LessThan"):
		return span{high: n, highOpen: true}
	case strings.HasSuffix(base, "LessThanEquals"):
		return span{high: n}
	case strings.HasSuffix(base, "GreaterThan"):
		return span{low: n, lowOpen: true}
	case strings.HasSuffix(base, "GreaterThanEquals"):
		return span{low: n}
	}
	return span{low: n, high: n}
}

// textual2 is when a text is in a pattern.
func (e *encoder) textual2(op policy.Operator, p policy.Pattern, pieces []piece, vars bool) tri {
	list := e.read(p, spelling{wildcards: op.Base == "StringLike" || op.Base == "ArnLike", variables: vars})
	fold := op.Base == "StringEqualsIgnoreCase"
	if op.Family != policy.ARNFamily {
		return e.resolved(list, func(list []element) *formula { return e.match(list, pieces, fold) })
	}
	confined, isARN := segments(list)
	if !isARN {
		// AWS documents ARN operators for ARNs alone.
		if op.Negated || has(list, gap) || has(list, policyVariable) {
			return e.unknown()
		}
		return e.exactly(e.no)
	}
	out := e.resolved(confined, func(list []element) *formula { return e.match(list, pieces, false) })
	if op.Negated {
		out.may = e.or(out.may, e.not(e.isARN(pieces)))
	}
	return out
}

// segments keeps the wildcards of all segments but the last within them; ok is
// false where there are fewer than six.
func segments(list []element) (out []element, ok bool) {
	out = slices.Clone(list)
	colons := 0
	for i, el := range out {
		switch {
		case colons >= 5:
		case el.kind == letter && el.letter == ':':
			colons++
		case el.kind == anyLetter || el.kind == anyText:
			out[i].inside = true
		}
	}
	return out, colons >= 5
}

// isARN is when a value has six segments.
func (e *encoder) isARN(pieces []piece) *formula {
	colons := 0
	for _, p := range pieces {
		colons += strings.Count(p.text, ":")
	}
	switch {
	case colons >= 5:
		return e.yes
	case len(pieces) == 1 && pieces[0].of != nil:
		return e.match(readText("*:*:*:*:*:*", spelling{wildcards: true}), pieces, false)
	}
	return e.no
}

// maxResolved bounds the ways to read a pattern's variables.
const maxResolved = 64

// resolved asks about a pattern with the variables' values in their places, which
// are letters and nothing more: for each way in which the request may carry them.
// What is not known may match whatever a * does.
func (e *encoder) resolved(list []element, match func([]element) *formula) tri {
	type reading struct {
		when *formula
		list []element
		open bool // a value in it is not known
	}
	readings := []reading{{when: e.yes}}
	for _, el := range list {
		switch el.kind {
		case gap:
			for i := range readings {
				readings[i].list, readings[i].open = append(readings[i].list, element{kind: anyText}), true
			}
		case policyVariable:
			var next []reading
			for _, r := range readings {
				for _, v := range e.values(el) {
					when := e.and(r.when, v.when)
					if when == e.no || v.none {
						continue
					}
					next = append(next, reading{when, append(slices.Clone(r.list), v.list...), r.open || v.open})
				}
			}
			readings = next
			if len(readings) > maxResolved {
				e.entangle("the variables of a pattern may be read in more ways than are written out")
				return e.unknown()
			}
		default:
			for i := range readings {
				readings[i].list = append(readings[i].list, el)
			}
		}
	}
	out := e.exactly(e.no)
	for _, r := range readings {
		f := e.and(r.when, match(r.list))
		if r.open {
			out.may = e.or(out.may, f)
		} else {
			out = e.triOr(out, e.exactly(f))
		}
	}
	return out
}

// valueCase is what a policy variable stands for.
type valueCase struct {
	when *formula
	list []element
	open bool // it is not known
	none bool // it has no value: the pattern matches nothing
}

func (e *encoder) values(el element) []valueCase {
	k := e.key(el.key)
	if k.unclear || k.list {
		return []valueCase{{when: e.yes, list: []element{{kind: anyText}}, open: true}}
	}
	var out []valueCase
	present := e.no
	for _, c := range k.cases {
		present = e.or(present, c.when)
		v := valueCase{when: c.when}
		if c.pieces == nil || c.hidden {
			v.list, v.open = []element{{kind: anyText}}, true
		}
		for _, p := range c.pieces {
			if p.of != nil {
				v.list = append(v.list, element{kind: requestVariable, of: p.of})
			} else {
				v.list = append(v.list, letters(p.text)...)
			}
		}
		out = append(out, v)
	}
	if gone := e.not(present); gone != e.no {
		v := valueCase{when: gone, none: !el.hasDefault}
		v.list = letters(el.otherwise)
		out = append(out, v)
	}
	return out
}
