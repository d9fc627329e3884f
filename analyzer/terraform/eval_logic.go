package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// operand is one side of && or ||: whether it is the decisive value (false for
// &&, true for ||), and what Terraform would refuse it for.
type operand struct {
	v        *value.Value
	decides  value.Tri
	null     bool
	unfit    bool // no value that converts to a bool
	errs     []value.Reason
	misfit   []value.Reason
	position source.Span
}

// logical is x && y or x || y.
//
// Since Terraform 1.12 and OpenTofu 1.10 either side decides alone, whatever
// would be refused on the other one, and null counts as false there; before, both
// had to be right. What either side decides, it decides in all versions: where
// the version is not known, the older ones refuse the expression or agree. What
// each release makes of it is recorded in testdata/agreement, under "Logic".
func (e evaluation) logical(x *hclsyntax.BinaryOpExpr, at source.Span) *value.Value {
	short := e.ev.dialect.Since("1.12.0", "1.10.0")
	a := e.operand(x, x.LHS)
	if a.decides == value.Yes && !a.null && len(a.errs) == 0 && short != value.No && e.doubts == nil && !literalOperand(x.RHS) {
		return e.truth(value.TriOf(x.Op == hclsyntax.OpLogicalOr), at, a.v) // and what the other would read stays unread
	}
	b := e.operand(x, x.RHS)
	if a.unfit || b.unfit { // no operand is spared the conversion
		e.refuse(a, b)
		return value.UnknownBecause((append(a.misfit, b.misfit...))[0].Text, at)
	}
	refused := len(a.errs)+len(b.errs) > 0 || a.null || b.null
	if refused && short == value.Maybe {
		e.doubt(at, "one side of && or || decides alone since Terraform 1.12 and OpenTofu 1.10")
	}
	switch {
	case refused && short == value.No:
		e.refuse(a, b)
		for _, o := range []operand{a, b} {
			if o.null {
				e.fail(o.position, "a null value stands where true or false is needed")
			}
		}
		return value.UnknownBecause((*e.errs)[len(*e.errs)-1].Text, at)
	case a.decides == value.Yes:
		e.refuse(operand{errs: a.errs})
		return e.truth(value.TriOf(x.Op == hclsyntax.OpLogicalOr), at, a.v)
	case b.decides == value.Yes:
		e.refuse(operand{errs: b.errs})
		return e.truth(value.TriOf(x.Op == hclsyntax.OpLogicalOr), at, b.v)
	case a.null || b.null: // null || false: neither decides, and null is no operand
		e.refuse(a, b)
		return e.fail(at, "a null value stands where true or false is needed")
	case a.decides == value.No && b.decides == value.No:
		e.refuse(a, b)
		return e.truth(value.TriOf(x.Op == hclsyntax.OpLogicalAnd), at, a.v, b.v)
	case a.decides == value.Maybe && (b.decides == value.No || len(a.errs) == 0):
		e.refuse(operand{errs: a.errs})
	case b.decides == value.Maybe && a.decides == value.No:
		e.refuse(operand{errs: b.errs})
	default:
		e.refuse(a, b)
	}
	return e.truth(value.Maybe, at, a.v, b.v)
}

// operand evaluates one side. Nothing is refused yet: whether it is, the other
// side decides.
func (e evaluation) operand(x *hclsyntax.BinaryOpExpr, side hclsyntax.Expression) operand {
	o := operand{position: e.span(side.Range())}
	quiet := e
	quiet.errs = &o.errs
	o.v = quiet.value(side)
	if o.null = o.v.Missing(); o.null {
		o.decides = value.TriOf(x.Op == hclsyntax.OpLogicalAnd)
		return o
	}
	quiet.errs = &o.misfit
	t := quiet.asBool(o.v, o.position)
	if o.unfit = len(o.misfit) > 0; x.Op == hclsyntax.OpLogicalAnd {
		t = t.Not()
	}
	o.decides = t
	return o
}

// refuse passes on what Terraform would refuse of some operands.
func (e evaluation) refuse(of ...operand) {
	for _, o := range of {
		*e.errs = append(append(*e.errs, o.errs...), o.misfit...)
	}
}

// literalOperand says that an operand can only be refused for what it is. Then it
// is looked at even where the other side decides: true || "notabool" is refused
// by all versions.
func literalOperand(x hclsyntax.Expression) bool {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return x.IsStringLiteral()
	}
	return false
}
