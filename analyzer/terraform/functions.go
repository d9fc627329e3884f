package terraform

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// maxText bounds the text that a function may make: nested locals can double a
// string at each step.
const maxText = 16 << 20

// maxPieces is how many pieces of a text keep their places: nobody looks for a
// finding among more, and each takes many times the memory of its letters.
const maxPieces = 10_000

var errTooLong = errors.New("the result is too long")

// call is one call of a function.
type call struct {
	name string
	args []*value.Value
	sc   *scope
}

// builtin is a function that works on values as they are, so that what is
// unknown in an argument stays unknown only where it stands in the result.
type builtin struct {
	min, max int  // number of arguments; max -1: any number
	nulls    bool // null arguments reach run
	run      func(*call) (*value.Value, error)
}

// callFunction evaluates a call of one of Terraform's functions. A call that
// Terraform refuses is unknown, as is a function that it does not have.
func callFunction(name string, args []*value.Value, sc *scope) *value.Value {
	v, err := tryFunction(name, args, sc)
	if err != nil {
		return failed(name, err, args, sc.span)
	}
	return v
}

// tryFunction is callFunction for those who have to tell a call that fails
// from one whose result is unknown: try and can.
func tryFunction(name string, args []*value.Value, sc *scope) (*value.Value, error) {
	c := &call{name: strings.TrimPrefix(name, "core::"), args: make([]*value.Value, len(args)), sc: sc}
	for i, a := range args {
		if a == nil {
			a = &value.Value{}
		}
		if a.Is(value.Absent) {
			a = present(a)
		}
		c.args[i] = a
	}
	if tools, ok := ofOneTool[c.name]; ok && sc.dialect.Since(tools.terraform, tools.opentofu) == value.No {
		return nil, fmt.Errorf("%s has no such function", sc.dialect)
	}
	v, err := c.evaluated()
	if err == nil && v != nil {
		err = c.weighedResult(v)
	}
	switch {
	case errors.Is(err, errWorn):
		return c.worn(), nil
	case err != nil || v != nil:
		return v, err
	}
	if why, ok := unpredictable[c.name]; ok {
		return c.carryDeep(value.Of(value.Type{Kind: value.String}, sc.span, c.reason(why))), nil
	}
	return nil, errors.New("there is no such function")
}

// evaluated is what a function makes, if there is one of the name.
func (c *call) evaluated() (*value.Value, error) {
	b, native := builtins[c.name]
	f, ok := libraryFunctions[c.name]
	if !native && !ok {
		return nil, nil
	}
	if err := c.weighed(); err != nil {
		return nil, err
	}
	if native {
		v, err := c.native(b)
		if err != nil {
			return nil, err
		}
		return c.byCase(c.referring(present(v))), nil
	}
	v, err := c.library(f)
	if err != nil {
		return nil, err
	}
	return c.byCase(v), nil
}

// sameMembers are the functions whose result has the members of their argument,
// and oneMember those whose result is one of them.
var (
	sameMembers = map[string]bool{"tolist": true, "toset": true, "sort": true, "distinct": true, "compact": true, "reverse": true, "flatten": true}
	oneMember   = map[string]bool{"one": true, "element": true}
)

// referring is a result that is not known, with what the members refer to.
func (c *call) referring(v *value.Value) *value.Value {
	if v == nil || v.Kind != value.Unknown || v.Ref != nil || len(c.args) == 0 || !c.args[0].Is(value.Unknown) || c.args[0].Ref == nil {
		return v
	}
	w := *v
	switch {
	case sameMembers[c.name]:
		w.Ref = c.args[0].Ref
		return &w
	case oneMember[c.name]:
		return within(v, c.args[0], "[0]")
	}
	return v
}

// present is null where v is absent: an attribute that is not written is null
// to whoever reads it.
func present(v *value.Value) *value.Value {
	if !v.Is(value.Absent) {
		return v
	}
	w := *v
	w.Kind = value.Null
	return &w
}

// failed is the value of a call that Terraform refuses. The error may quote an
// argument, so that of a sensitive one is not told.
func failed(name string, err error, args []*value.Value, span source.Span) *value.Value {
	text := err.Error()
	for _, a := range args {
		if sensitiveDeep(a) {
			text = "it fails on a sensitive argument"
		}
	}
	c := &call{name: name, args: args}
	return c.carryDeep(value.UnknownBecause(fmt.Sprintf("%s cannot be evaluated: %s", name, text), span))
}

func (c *call) native(b builtin) (*value.Value, error) {
	if n := len(c.args); n < b.min || b.max >= 0 && n > b.max {
		return nil, fmt.Errorf("wrong number of arguments (%d given)", n)
	}
	if !b.nulls {
		for i, a := range c.args {
			if a.Missing() {
				return nil, fmt.Errorf("argument %d must not be null", i+1)
			}
		}
	}
	return b.run(c)
}

// library calls a function of cty's, which knows nothing of parts and places.
func (c *call) library(f function.Function) (*value.Value, error) {
	if err := c.workOfLibrary(); err != nil {
		return nil, err
	}
	args := toCtys(c.args)
	params := f.Params()
	for i := range args {
		p := f.VarParam()
		if i < len(params) {
			p = &params[i]
		}
		if p == nil {
			return nil, fmt.Errorf("wrong number of arguments (%d given)", len(args))
		}
		if (p.Type == cty.Number || ofNumbers[c.name]) && anyManyDigits(c.args[i]) {
			return nil, errDigits
		}
		a, err := convert.Convert(args[i], p.Type)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		if p.Type == cty.DynamicPseudoType && oversizedDeep(c.args[i]) ||
			a.Type() == cty.Number && a.IsKnown() && !a.IsNull() && oversized(a.AsBigFloat()) {
			return nil, fmt.Errorf("argument %d: the number is too large", i+1)
		}
		args[i] = a
	}
	out, err := f.Call(args)
	if err != nil {
		return nil, err
	}
	why := c.why()
	if len(why) == 0 {
		why = []value.Reason{c.reason("what " + c.name + " gives is not known")}
	}
	return c.carryDeep(fromCty(out, c.sc.span, why...)), nil
}

// why is all that is missing in the arguments.
func (c *call) why() []value.Reason {
	var out []value.Reason
	seen := map[value.Reason]bool{}
	for _, a := range c.args {
		for _, r := range a.AllWhy() {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	return out
}

func (c *call) reason(text string) value.Reason { return value.Reason{Text: text, Span: c.sc.span} }

// unknown is a result that the arguments do not decide.
func (c *call) unknown(t cty.Type) *value.Value {
	return c.carryDeep(value.Of(valueType(t), c.sc.span, c.why()...))
}

// truth is a three-valued answer.
func (c *call) truth(t value.Tri) *value.Value {
	if t == value.Maybe {
		return c.unknown(cty.Bool)
	}
	return c.carryDeep(&value.Value{Kind: value.Bool, Bool: t == value.Yes, Span: c.sc.span})
}

func (c *call) int(n int) *value.Value {
	v := value.Int(n)
	v.Span = c.sc.span
	return c.carryDeep(v)
}

// text is a string made by the call.
func (c *call) text(s string) *value.Value {
	return c.carryDeep(value.StrAt(source.Computed(s, c.sc.span)))
}

// str is argument i as a string.
func (c *call) str(i int) (*value.Value, error) { return c.as(i, cty.String) }

func (c *call) as(i int, t cty.Type) (*value.Value, error) {
	v, err := convertTo(c.args[i], t)
	if err != nil {
		return nil, fmt.Errorf("argument %d: %w", i+1, err)
	}
	return v, nil
}

// number is argument i as an integer; ok is false when it is unknown.
func (c *call) number(i int) (n int, ok bool, err error) {
	v, err := c.as(i, cty.Number)
	if err != nil || !v.Is(value.Number) {
		return 0, false, err
	}
	n64, acc := v.Number.Int64()
	if acc != 0 || int64(int(n64)) != n64 {
		return 0, false, fmt.Errorf("argument %d: a whole number is required", i+1)
	}
	return int(n64), true, nil
}

// carryDeep gives v the assumptions and sensitivity of everything in the
// arguments: of results made from the text of the arguments.
func (c *call) carryDeep(v *value.Value) *value.Value {
	var assumptions []*value.Assumption
	sensitive := false
	for _, a := range c.args {
		assumptions = value.MergeAssumptions(assumptions, a.AllAssumptions())
		sensitive = sensitive || sensitiveDeep(a)
	}
	return burden(v, assumptions, sensitive)
}

// carry gives v the assumptions and sensitivity of the arguments themselves:
// of results that hold members of the arguments, which carry their own.
func (c *call) carry(v *value.Value) *value.Value { return carryFrom(v, c.args...) }

func carryFrom(v *value.Value, from ...*value.Value) *value.Value {
	var assumptions []*value.Assumption
	sensitive := false
	for _, a := range from {
		if a != nil {
			assumptions = value.MergeAssumptions(assumptions, a.Assumptions)
			sensitive = sensitive || a.Sensitive
		}
	}
	return burden(v, assumptions, sensitive)
}

func carryDeepFrom(v *value.Value, from ...*value.Value) *value.Value {
	return (&call{args: from}).carryDeep(v)
}

// burden is v with more assumptions, and sensitive if it is to be.
func burden(v *value.Value, assumptions []*value.Assumption, sensitive bool) *value.Value {
	merged := value.MergeAssumptions(v.Assumptions, assumptions)
	if len(merged) == len(v.Assumptions) && (v.Sensitive || !sensitive) {
		return v
	}
	w := *v
	w.Assumptions, w.Sensitive = merged, v.Sensitive || sensitive
	return &w
}

func sensitiveDeep(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Sensitive
		return !found
	})
	return found
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
