package terraform

import (
	"math/big"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

func (e evaluation) unary(x *hclsyntax.UnaryOpExpr) *value.Value {
	v, at := e.value(x.Val), e.span(x.SrcRange)
	if x.Op == hclsyntax.OpLogicalNot {
		return e.truth(e.asBool(v, at).Not(), at, v)
	}
	n, ok := e.asNumber(v, at)
	if !ok {
		return derived(value.Of(value.Type{Kind: value.Number}, at, reasons(v)...), v)
	}
	return derived(&value.Value{Kind: value.Number, Number: new(big.Float).Neg(n), Span: at, Syntax: e.syntax}, v)
}

func (e evaluation) binary(x *hclsyntax.BinaryOpExpr) *value.Value {
	at := e.span(x.SrcRange)
	switch x.Op {
	case hclsyntax.OpLogicalAnd, hclsyntax.OpLogicalOr:
		return e.logical(x, at)
	}
	a, b := e.value(x.LHS), e.value(x.RHS)
	switch x.Op {
	case hclsyntax.OpEqual, hclsyntax.OpNotEqual:
		// A placeholder has no members yet that could be compared.
		a, b = e.ev.whole(a, e.f.cautious), e.ev.whole(b, e.f.cautious)
		if !e.workOver(at, a, b) {
			return e.truth(value.Maybe, at, a, b)
		}
		t := equal(a, b)
		if x.Op == hclsyntax.OpNotEqual {
			t = t.Not()
		}
		return e.truth(t, at, a, b)
	}
	return e.arithmetic(x.Op, a, b, at)
}

// arithmetic is a number, or for a comparison a boolean. Both sides are
// converted, so that what is wrong with either is refused even where the other is
// unknown.
func (e evaluation) arithmetic(op *hclsyntax.Operation, a, b *value.Value, at source.Span) *value.Value {
	m, okA := e.asNumber(a, at)
	n, okB := e.asNumber(b, at)
	compare := op == hclsyntax.OpGreaterThan || op == hclsyntax.OpGreaterThanOrEqual || op == hclsyntax.OpLessThan || op == hclsyntax.OpLessThanOrEqual
	switch {
	case compare && okA && okB:
		return e.truth(value.TriOf(compared(op, m.Cmp(n))), at, a, b)
	case compare:
		return e.truth(value.Maybe, at, a, b)
	case !okA || !okB:
		return derived(value.Of(value.Type{Kind: value.Number}, at, reasons(a, b)...), a, b)
	case op == hclsyntax.OpModulo && n.Sign() == 0:
		return derived(&value.Value{Kind: value.Number, Number: m, Span: at}, a, b) // as cty has it
	// Digits of 1e999999999 would fill the memory; comparing needs none.
	case oversized(m) || oversized(n):
		return e.fail(at, "a number is too large")
	}
	if z, ok := calculated(op, m, n); ok {
		return derived(&value.Value{Kind: value.Number, Number: z, Span: at}, a, b)
	}
	return e.fail(at, "the result is no number")
}

// calculated is what an operator makes of two numbers; ok is false when that is
// no number, as the difference of two infinities. math/big panics there.
// Precision and rounding are those of cty, so that 0.1 + 0.2 has the digits that
// Terraform prints.
func calculated(op *hclsyntax.Operation, m, n *big.Float) (z *big.Float, ok bool) {
	defer func() {
		if problem := recover(); problem != nil {
			if _, isNaN := problem.(big.ErrNaN); !isNaN {
				panic(problem)
			}
			z, ok = nil, false
		}
	}()
	z = new(big.Float).SetPrec(512).SetMode(big.ToNearestEven)
	switch op {
	case hclsyntax.OpAdd:
		z.Add(m, n)
	case hclsyntax.OpSubtract:
		z.Sub(m, n)
	case hclsyntax.OpMultiply:
		z.Mul(m, n)
	case hclsyntax.OpDivide:
		z.Quo(m, n)
	case hclsyntax.OpModulo:
		if m.IsInf() || n.IsInf() {
			return nil, false
		}
		// Int drops the fraction, so the result has the sign of m: -7 % 3 is -1.
		quotient, _ := new(big.Float).SetPrec(512).Quo(m, n).Int(nil)
		z.Sub(m, new(big.Float).SetPrec(512).Mul(new(big.Float).SetPrec(512).SetInt(quotient), n))
	default:
		return nil, false
	}
	return z, true
}

func compared(op *hclsyntax.Operation, sign int) bool {
	switch op {
	case hclsyntax.OpGreaterThan:
		return sign > 0
	case hclsyntax.OpGreaterThanOrEqual:
		return sign >= 0
	case hclsyntax.OpLessThan:
		return sign < 0
	}
	return sign <= 0
}
