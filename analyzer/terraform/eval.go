package terraform

import (
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// evaluation evaluates one expression. It is passed by value: what has to
// evaluate a part otherwise, without telling errors or with more names, changes a
// copy of its own.
type evaluation struct {
	ev     *evaluator
	f      *frame
	text   source.Text  // what byte offsets count in
	syntax value.Syntax // of what stands there
	errs   *[]value.Reason
	// doubts are, inside try and can, why the value may turn out to be refused
	// though it is known what it is otherwise; nil elsewhere.
	doubts *[]value.Reason
	anon   *anonymous // the elements of the splats around
}

type anonymous struct {
	symbol *hclsyntax.AnonSymbolExpr
	v      *value.Value
	next   *anonymous
}

// eval is the value of an expression. Errors are what Terraform would refuse it
// for; its value is unknown then, with the reason.
func (ev *evaluator) eval(x workspace.Expression, f *frame) (*value.Value, []value.Reason) {
	var errs []value.Reason
	e := evaluation{ev: ev, f: f, text: x.Text, syntax: value.SyntaxHCL, errs: &errs}
	switch {
	case x.JSON != nil:
		return e.json(x.JSON, x.Literal), errs
	case x.HCL == nil:
		return &value.Value{Kind: value.Absent}, nil
	}
	return e.value(x.HCL), errs
}

func (e evaluation) span(r hcl.Range) source.Span { return workspace.SpanIn(e.text, r) }

// fail is the value of what Terraform would refuse.
func (e evaluation) fail(at source.Span, reason string) *value.Value {
	*e.errs = append(*e.errs, value.Reason{Text: reason, Span: at})
	return value.UnknownBecause(reason, at)
}

// doubt says, to try and can, why the value may turn out to be refused.
func (e evaluation) doubt(at source.Span, reason string) {
	if e.doubts != nil {
		*e.doubts = append(*e.doubts, value.Reason{Text: reason, Span: at})
	}
}

// value is the value of a native expression.
//
// Every expression goes through here, so that the bounds on steps and depth hold
// for all of them, and an unknown value that nothing explains gets its own text
// for a reason: a finding can always say what is missing.
func (e evaluation) value(x hclsyntax.Expression) *value.Value {
	if !e.ev.step(e.text.Span) {
		return value.UnknownBecause("evaluation was stopped before", e.span(x.Range()))
	}
	// Names that lead to names count as well: once has the same counter.
	if e.ev.depth++; e.ev.depth > maxDepth {
		e.ev.depth--
		e.ev.gap(source.ErrorGap, e.span(x.Range()), "expressions nested too deep to evaluate")
		return value.UnknownBecause("nested too deep to evaluate", e.span(x.Range()))
	}
	v := e.evaluate(x)
	e.ev.depth--
	if v.Kind == value.Unknown && len(v.Why) == 0 {
		w := *v
		at := e.span(x.Range())
		w.Why = []value.Reason{{Text: abridged(e.textOf(x.Range()), 60) + " is not known", Span: at}}
		return &w
	}
	return v
}

func (e evaluation) textOf(r hcl.Range) string {
	if r.Start.Byte < 0 || r.End.Byte > len(e.text.String) || r.Start.Byte > r.End.Byte {
		return ""
	}
	return e.text.String[r.Start.Byte:r.End.Byte]
}

// abridged is text in one line of at most so many characters.
func abridged(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// evaluate tells the kinds of expressions apart. value is the one to call: it
// keeps to the bounds.
func (e evaluation) evaluate(x hclsyntax.Expression) *value.Value {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.literal(x)
	case *hclsyntax.TemplateExpr:
		return e.template(x)
	case *hclsyntax.TemplateWrapExpr:
		return e.value(x.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		return e.templateJoin(x, false)
	case *hclsyntax.ParenthesesExpr:
		return e.value(x.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		return e.traversal(x.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		// aws_iam_role.r[var.i].arn is a reference too, though to hcl it is a step
		// from the value of an index.
		from := e.value(x.Source)
		v := e.follow(from, x.Traversal)
		if e.ev.objectOf(from) != nil {
			v = placedAt(v, e.span(x.SrcRange))
		}
		return v
	case *hclsyntax.FunctionCallExpr:
		return e.functionCall(x)
	case *hclsyntax.ConditionalExpr:
		return e.conditional(x, func(branch hclsyntax.Expression) *value.Value { return e.value(branch) })
	case *hclsyntax.BinaryOpExpr:
		return e.binary(x)
	case *hclsyntax.UnaryOpExpr:
		return e.unary(x)
	case *hclsyntax.IndexExpr:
		return e.index(e.value(x.Collection), e.value(x.Key), e.span(x.SrcRange))
	case *hclsyntax.SplatExpr:
		return e.splat(x)
	case *hclsyntax.ForExpr:
		return e.forExpr(x)
	case *hclsyntax.TupleConsExpr:
		return e.tuple(x)
	case *hclsyntax.ObjectConsExpr:
		return e.object(x)
	case *hclsyntax.ObjectConsKeyExpr:
		return e.objectKey(x)
	case *hclsyntax.AnonSymbolExpr:
		// The parser makes one symbol for each splat: its identity says which of
		// those around is meant.
		for a := e.anon; a != nil; a = a.next {
			if a.symbol == x {
				return a.v
			}
		}
	}
	return e.fail(e.span(x.Range()), "the expression cannot be evaluated")
}

func (e evaluation) literal(x *hclsyntax.LiteralValueExpr) *value.Value {
	v := fromCty(x.Val, e.span(x.SrcRange))
	v.Syntax = e.syntax
	// The parser puts it where it could not read an expression and went on.
	if x.Val == cty.DynamicVal {
		v.Why = []value.Reason{{Text: "the text is not valid", Span: v.Span}}
	}
	return v
}

func (e evaluation) tuple(x *hclsyntax.TupleConsExpr) *value.Value {
	v := &value.Value{Kind: value.Tuple, Span: e.span(x.SrcRange), Syntax: e.syntax}
	for _, elem := range x.Exprs {
		v.Elems = append(v.Elems, e.value(elem))
	}
	return v
}

func (e evaluation) object(x *hclsyntax.ObjectConsExpr) *value.Value {
	v := &value.Value{Kind: value.Object, Span: e.span(x.SrcRange), Syntax: e.syntax}
	for _, item := range x.Items {
		name := e.value(item.KeyExpr)
		// { 1 = "x" } has the member "1": keys are strings in the end.
		if !name.Is(value.String) {
			name = e.asString(name, e.span(item.KeyExpr.Range()))
		}
		v.Attrs = append(v.Attrs, value.Attr{Name: name, Value: e.value(item.ValueExpr), Expr: e.span(item.ValueExpr.Range())})
	}
	v.Attrs = uniqueAttrs(v.Attrs)
	return v
}

// uniqueAttrs are members in key order, the last of those with one name; those
// with unknown names follow.
//
// That a name comes twice is no error in an object that is written out; hcl takes
// the last. The order is that of cty's objects, in which Terraform goes through
// them.
func uniqueAttrs(attrs []value.Attr) []value.Attr {
	last := map[string]int{}
	for i, a := range attrs {
		if k, ok := a.Key(); ok {
			last[k] = i
		}
	}
	var out, unknown []value.Attr
	for i, a := range attrs {
		if k, ok := a.Key(); !ok {
			unknown = append(unknown, a)
		} else if last[k] == i {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b value.Attr) int {
		x, _ := a.Key()
		y, _ := b.Key()
		return strings.Compare(x, y)
	})
	return append(out, unknown...)
}

// objectKey is the name of a member. A word by itself is the name and no
// reference; a reference stands in parentheses, which the parser tells by
// ForceNonLiteral:
// https://developer.hashicorp.com/terraform/language/expressions/types
func (e evaluation) objectKey(x *hclsyntax.ObjectConsKeyExpr) *value.Value {
	if !x.ForceNonLiteral {
		if name := hcl.ExprAsKeyword(x.Wrapped); name != "" {
			span := e.span(x.Wrapped.Range())
			v := value.StrAt(source.Literal(span))
			if span.Text() != name {
				v = value.StrAt(source.Computed(name, span))
			}
			v.Syntax = e.syntax
			return v
		}
	}
	return e.value(x.Wrapped)
}

// asString is v as a string, for a template or a key.
func (e evaluation) asString(v *value.Value, at source.Span) *value.Value {
	switch {
	case v.Is(value.String):
		return v
	case v.Missing():
		return e.fail(at, "a null value stands where text is needed")
	}
	s, err := convertTo(v, cty.String)
	if err != nil {
		return e.fail(at, "a value stands where text is needed: "+err.Error())
	}
	return s
}

// asBool is the truth of v. Maybe is also what is refused: then it is in errs.
// null is refused, and not false.
func (e evaluation) asBool(v *value.Value, at source.Span) value.Tri {
	if v.Missing() {
		e.fail(at, "a null value stands where true or false is needed")
		return value.Maybe
	}
	b, err := convertTo(v, cty.Bool)
	if err != nil {
		e.fail(at, "true or false is needed: "+err.Error())
		return value.Maybe
	}
	if !b.Is(value.Bool) {
		return value.Maybe
	}
	return value.TriOf(b.Bool)
}

// asNumber is v as a number; false for what is not known and for what is refused,
// which alone is in errs.
func (e evaluation) asNumber(v *value.Value, at source.Span) (*big.Float, bool) {
	if v.Missing() {
		e.fail(at, "a null value stands where a number is needed")
		return nil, false
	}
	n, err := convertTo(v, cty.Number)
	if err != nil {
		e.fail(at, "a number is needed: "+err.Error())
		return nil, false
	}
	return n.Number, n.Is(value.Number)
}

// truth is a boolean result.
func (e evaluation) truth(t value.Tri, at source.Span, from ...*value.Value) *value.Value {
	v := &value.Value{Kind: value.Bool, Bool: t == value.Yes, Span: at}
	if t == value.Maybe {
		v = value.Of(value.Type{Kind: value.Bool}, at, reasons(from...)...)
	}
	return derived(v, from...)
}

// reasons are why some values are unknown, each once.
func reasons(from ...*value.Value) []value.Reason {
	return (&value.Value{Kind: value.Tuple, Elems: from}).AllWhy()
}

// derived is v, resting on what from rests on.
//
// It is for what was computed: all that is inside of from may have decided it.
// For a member that is only passed on see part: it has what it rests on by
// itself.
func derived(v *value.Value, from ...*value.Value) *value.Value {
	for _, f := range from {
		v = burden(v, f.AllAssumptions(), sensitiveDeep(f))
	}
	return v
}

// part is a member of a larger value: it rests on what that rests on, and came
// the way that came.
func part(v, of *value.Value) *value.Value {
	v = burden(v, of.Assumptions, of.Sensitive)
	if v.Via == nil && of.Via != nil {
		w := *v
		w.Via = of.Via
		return &w
	}
	return v
}

// conditional evaluates one branch, or none: an unknown test leaves the result
// unknown unless both branches are known and equal. Each branch is a case then,
// with what the test says where it is taken: what holds in both is certain all
// the same.
//
// A branch is evaluated by eval, since in a template it is text and not a value.
func (e evaluation) conditional(x *hclsyntax.ConditionalExpr, eval func(hclsyntax.Expression) *value.Value) *value.Value {
	test := e.value(x.Condition)
	at := e.span(x.SrcRange)
	switch e.asBool(test, e.span(x.Condition.Range())) {
	case value.Yes:
		return e.branch(eval(x.TrueResult), x.FalseResult, test, eval)
	case value.No:
		return e.branch(eval(x.FalseResult), x.TrueResult, test, eval)
	}
	a, b := eval(x.TrueResult), eval(x.FalseResult)
	if a.Known() && b.Known() && equal(a, b) == value.Yes {
		return derived(a, test)
	}
	why := reasons(test)
	if len(why) == 0 {
		why = []value.Reason{{Text: "a condition is not known", Span: e.span(x.Condition.Range())}}
	}
	out := value.Of(commonType(a, b), at, why...)
	out.Rest = restOfEach(a, b)
	holds, fails := e.givens(x.Condition)
	return derived(value.OneOf(out, []value.Case{{Value: a, When: holds}, {Value: b, When: fails}}), test, a, b)
}

const differentBranches = "the branches of a condition have types with nothing in common"

// branch is the chosen branch of a conditional. Terraform gives both branches
// one type: a number beside a string becomes a string, a tuple beside a set a
// set.
func (e evaluation) branch(v *value.Value, other hclsyntax.Expression, test *value.Value, eval func(hclsyntax.Expression) *value.Value) *value.Value {
	switch v.Kind {
	case value.String:
		// The other branch is looked at only where nothing is read for it.
		switch other.(type) {
		case *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr, *hclsyntax.ForExpr:
			return e.fail(e.span(other.Range()), differentBranches)
		}
	case value.Number, value.Bool, value.Tuple, value.List, value.Set, value.Object, value.Map:
		if o := e.ev.objectOf(v); o != nil {
			break
		}
		if x, ok := other.(*hclsyntax.LiteralValueExpr); ok && x.Val.IsNull() {
			break
		}
		// hcl evaluates the other branch as well, for its type, and drops what it
		// would be refused for.
		var ignored []value.Reason
		quiet := e
		quiet.errs = &ignored
		o := quiet.value(other)
		if !e.workOver(e.span(other.Range()), v, o) {
			return value.UnknownBecause(errWorn.Error(), v.Span)
		}
		t := typeOf(o)
		// The type of what belongs to a resource is not all known here: that it
		// does not fit is not said.
		if v.Ref == nil && o.Ref == nil && !t.HasDynamicTypes() && !typeOf(v).HasDynamicTypes() {
			if _, ok := unify([]cty.Type{typeOf(v), t}); !ok {
				return e.fail(e.span(other.Range()), differentBranches)
			}
		}
		alike := t == cty.String || v.IsSequence() && (t.IsListType() || t.IsSetType() || t.IsTupleType()) ||
			v.IsMapping() && (t.IsMapType() || t.IsObjectType())
		if !alike {
			break
		}
		if t != cty.String {
			t, _ = unify([]cty.Type{t, typeOf(v)})
		}
		if t != cty.NilType && t != cty.DynamicPseudoType && !t.Equals(typeOf(v)) {
			if c, err := convertTo(v, t); err == nil {
				v = c
			}
		}
	}
	// The value rests on what decided the test. Why the test's members are
	// unknown, if they are, is no matter any more.
	return derived(v, &value.Value{Kind: value.Null, Assumptions: test.AllAssumptions(), Sensitive: test.Sensitive})
}

// commonType is the type that Terraform gives to either of two values; the zero
// Type when they have none in common.
func commonType(a, b *value.Value) value.Type {
	t, ok := unify([]cty.Type{typeOf(a), typeOf(b)})
	if !ok {
		return value.Type{}
	}
	return valueType(t)
}
