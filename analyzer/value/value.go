// Package value is what an expression of a configuration, an attribute of a
// plan or an element of a policy is known to be: three-valued, with unknown as
// the zero value, and with the place in the source that made it.
//
// A value keeps more than cty does. A string with one unknown piece keeps its
// other pieces; a list or object with an unknown member keeps its other
// members; a string made by jsonencode keeps the tree that it encodes; and
// every leaf keeps where its text stands, so that a finding can point at it and
// a fix can edit it. Values are immutable: share them, never change them.
package value

import (
	"math/big"
	"sort"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
)

// Kind is what sort of value it is. The zero Kind is Unknown.
type Kind int8

// The kinds. Absent is an attribute that is not written and has no default;
// Null is one that is written as null, which Terraform treats as not set.
const (
	Unknown Kind = iota
	Absent
	Null
	Bool
	Number
	String
	Tuple
	List
	Set
	Object
	Map
)

var kindNames = [...]string{"unknown", "absent", "null", "bool", "number", "string", "tuple", "list", "set", "object", "map"}

func (k Kind) String() string { return kindNames[k] }

// Value is one value. Fields that do not belong to its Kind are zero.
// A nil *Value is unknown.
type Value struct {
	Kind Kind
	Bool bool

	// Open says of a Tuple, List, Set, Object or Map that it may have members
	// that are not listed here: absence from it proves nothing.
	Open bool

	// Sensitive values are never printed.
	Sensitive bool

	Syntax Syntax // how the text at Span is written

	// Type is what an Unknown or Null value would be, and the element type of
	// an empty List, Set or Map. The zero Type is "any".
	Type Type

	Number *big.Float
	Parts  []Part   // String: its pieces in order; none is the empty string
	Elems  []*Value // Tuple, List, Set
	Attrs  []Attr   // Object, Map: in key order, except when read from JSON text: in source order, duplicates kept

	// Joined is, for an Unknown string that join made of members like Rest, the
	// text between them.
	Joined string

	// Rest is what the members that are not listed are like, of an Open sequence
	// or one that is Unknown; nil when nothing is known of them.
	Rest *Value

	// JSON is, for a String that is JSON text whose structure is known, the
	// value it encodes: what jsonencode was given, what a policy document data
	// source rendered. Its leaves may be unknown while Parts is one hole.
	JSON *Value

	// Span is where the expression that made the value stands. Key spans of
	// object members are in Attr.
	Span source.Span

	// Why says, for an Unknown value and for a hole, what is missing.
	Why []Reason

	// Candidates are, for an Unknown value, the values of which it is one: the
	// branches of a conditional whose test is not known. Nil: it may be anything.
	Candidates []*Value

	// When says, for each of the Candidates, what is known to hold if v is it;
	// nil when nothing is.
	When []Givens

	// Same tells unknown values that are one and the same, whatever it is, by
	// having the same name here: the account of a provider. "" is only itself.
	Same string

	// Ref is the resource attribute that the value is, when it came through a
	// reference unchanged. It is kept when the text is unknown as well as when
	// it is known.
	Ref *Ref

	// Via is how the value got here: the chain of names it was read through,
	// nearest first. For people (iamvet inspect), not for decisions.
	Via *Step

	// Assumptions are the variable defaults that the value rests on, in a
	// directory that no one calls.
	Assumptions []*Assumption
}

// Part is a piece of a string: text when Hole is nil, else a value that is not
// known, or only partly.
type Part struct {
	Text source.Text
	Hole *Value // Kind Unknown; Type String (or a number that would be printed)
}

// Attr is a member of an object or map. Its name is a String value, nearly
// always known.
type Attr struct {
	Name  *Value
	Value *Value
	// Expr is the member's expression where it is written: what to replace to
	// give the member another value. Value.Span may be elsewhere, when the
	// expression is a reference to a text. Zero when not written as an expression.
	Expr source.Span
}

// Key is the member's name, and whether it is known.
func (a Attr) Key() (string, bool) { return a.Name.Text() }

// Reason is why something is unknown: "var.principal has no value", and the
// place it is about.
type Reason struct {
	Text string
	Span source.Span
}

// OfVariable says that a variable has no value, or none but its empty default: who
// calls the module, or runs it, has one.
func (r Reason) OfVariable() bool {
	return strings.HasPrefix(r.Text, "var.") && strings.Contains(r.Text, " has no value")
}

// Assumption is a variable default that was taken for the value:
// `var.trusted = ["111122223333"] (its default)`.
type Assumption struct {
	Text string
	Span source.Span // of the variable's default
}

// Step is one name that a value was read through.
type Step struct {
	Name string      // "var.trusted", "local.accounts", "module.ci.role_arn"
	Span source.Span // where that name gets its value
	Next *Step
}

// Ref names an attribute of a resource or data source instance.
type Ref struct {
	Root    string // which root it is, so that equal addresses in two roots differ
	Address string // module.a.aws_iam_user.x["k"]
	Data    bool   // a data source
	Type    string // aws_iam_user
	Attr    string // "arn", "name", "roots[0].id"
}

// Syntax is how the text at Span is written: it decides how an edit there has
// to be spelled.
type Syntax int8

// The syntaxes of the text behind a value.
const (
	// SyntaxNone: computed, or from a plan; there is nothing to edit.
	SyntaxNone Syntax = iota
	// SyntaxHCL: an HCL expression: { Key = value }, "$${literal}".
	SyntaxHCL
	// SyntaxBlock: an HCL block, such as statement { … }.
	SyntaxBlock
	// SyntaxJSON: plain JSON text, in a file of its own: ${literal}.
	SyntaxJSON
	// SyntaxTemplateJSON: JSON text in an HCL template (heredoc, templatefile):
	// $${literal}.
	SyntaxTemplateJSON
	// SyntaxQuotedJSON: JSON text inside a quoted HCL or JSON string, with
	// escapes of its own.
	SyntaxQuotedJSON
	// SyntaxTFJSON: a Terraform JSON file (.tf.json): members are JSON, strings
	// are templates.
	SyntaxTFJSON
)

// Type is the type of a value that is not at hand. The zero Type is "any".
type Type struct {
	Kind  Kind // Unknown stands for any
	Elem  *Type
	Elems []Type          // Tuple
	Attrs map[string]Type // Object
}

// Of returns an unknown value with one reason.
func Of(t Type, span source.Span, why ...Reason) *Value {
	return &Value{Type: t, Span: span, Why: why}
}

// UnknownBecause is an unknown value of any type.
func UnknownBecause(text string, span source.Span) *Value {
	return &Value{Span: span, Why: []Reason{{text, span}}}
}

// Str is a known string that stands nowhere.
func Str(s string) *Value { return StrAt(source.Computed(s, source.Span{})) }

// StrAt is a known string with its source.
func StrAt(t source.Text) *Value {
	v := &Value{Kind: String, Span: t.Span}
	if t.String != "" {
		v.Parts = []Part{{Text: t}}
	}
	return v
}

// BoolOf is a known boolean.
func BoolOf(b bool) *Value { return &Value{Kind: Bool, Bool: b} }

// Int is a known number.
func Int(n int) *Value { return &Value{Kind: Number, Number: new(big.Float).SetInt64(int64(n))} }

// NullOf is a null.
func NullOf(t Type) *Value { return &Value{Kind: Null, Type: t} }

// ListOf is a list of the values.
func ListOf(elems ...*Value) *Value { return &Value{Kind: List, Elems: elems} }

// ObjectOf is an object with the members in key order.
func ObjectOf(members map[string]*Value) *Value {
	v := &Value{Kind: Object}
	for k, m := range members {
		v.Attrs = append(v.Attrs, Attr{Name: Str(k), Value: m})
	}
	sort.Slice(v.Attrs, func(i, j int) bool {
		a, _ := v.Attrs[i].Key()
		b, _ := v.Attrs[j].Key()
		return a < b
	})
	return v
}

// Is says that v is of kind k; a nil value is Unknown.
func (v *Value) Is(k Kind) bool { return v.kind() == k }

func (v *Value) kind() Kind {
	if v == nil {
		return Unknown
	}
	return v.Kind
}

// Set says that v is written and not null; an unknown value may or may not be,
// and answers false: ask Is(Unknown) first where it matters.
func (v *Value) Set() bool {
	k := v.kind()
	return k != Absent && k != Null && k != Unknown
}

// Missing says that v is absent or null.
func (v *Value) Missing() bool { return v.Is(Absent) || v.Is(Null) }

// IsSequence says that v is a tuple, list or set.
func (v *Value) IsSequence() bool { k := v.kind(); return k == Tuple || k == List || k == Set }

// IsMapping says that v is an object or map.
func (v *Value) IsMapping() bool { k := v.kind(); return k == Object || k == Map }

// Text is the string's text when all of it is known.
func (v *Value) Text() (string, bool) {
	if !v.Is(String) {
		return "", false
	}
	if len(v.Parts) == 1 && v.Parts[0].Hole == nil {
		return v.Parts[0].Text.String, true
	}
	var b strings.Builder
	for _, p := range v.Parts {
		if p.Hole != nil {
			return "", false
		}
		b.WriteString(p.Text.String)
	}
	return b.String(), true
}

// TextOr is the text when it is known, else otherwise.
func (v *Value) TextOr(otherwise string) string {
	if s, ok := v.Text(); ok {
		return s
	}
	return otherwise
}

// WholeNumber is the number that v is, or that its text spells.
func (v *Value) WholeNumber() (int, bool) {
	if v.Is(Number) && v.Number != nil {
		n, _ := v.Number.Int64()
		return int(n), true
	}
	text, ok := v.Text()
	n, err := strconv.Atoi(text)
	return n, ok && err == nil
}

// ShownOr is the text when it is known and may be printed, else otherwise.
func (v *Value) ShownOr(otherwise string) string {
	if s, ok := v.Text(); ok && !v.Sensitive {
		return s
	}
	return otherwise
}

// AsParts is the pieces of a string; an unknown value is one hole. ok is false
// for everything else.
func (v *Value) AsParts() (parts []Part, ok bool) {
	switch v.kind() {
	case String:
		return v.Parts, true
	case Unknown:
		if v == nil {
			v = &Value{}
		}
		return []Part{{Hole: v}}, true
	}
	return nil, false
}

// Get is the member of an object or map. A member that is not there is Absent,
// or Unknown when v is unknown, is open, or has a member whose name is not
// known.
func (v *Value) Get(key string) *Value {
	if v.Is(Unknown) {
		return Of(Type{}, v.span(), v.why()...)
	}
	if !v.IsMapping() {
		return &Value{Kind: Absent}
	}
	open := v.Open
	for i := len(v.Attrs) - 1; i >= 0; i-- {
		k, ok := v.Attrs[i].Key()
		if !ok {
			open = true
		} else if k == key {
			return v.Attrs[i].Value
		}
	}
	if open {
		return Of(Type{}, v.Span, v.AllWhy()...)
	}
	return &Value{Kind: Absent, Span: v.Span}
}

// At is the element of a tuple, list or set.
func (v *Value) At(i int) *Value {
	if v.Is(Unknown) {
		return Of(Type{}, v.span(), v.why()...)
	}
	if !v.IsSequence() || i < 0 || i >= len(v.Elems) {
		if v.IsSequence() && v.Open {
			return Of(Type{}, v.Span, v.AllWhy()...)
		}
		return &Value{Kind: Absent}
	}
	return v.Elems[i]
}

func (v *Value) span() source.Span {
	if v == nil {
		return source.Span{}
	}
	return v.Span
}

func (v *Value) why() []Reason {
	if v == nil {
		return nil
	}
	return v.Why
}

// Walk calls f for v and everything in it: elements, member names, members, and
// the tree of JSON text, or the holes of a text without a tree (those of one
// with a tree say the same again). f returns false to skip what is inside.
func (v *Value) Walk(f func(*Value) bool) {
	if v == nil || !f(v) {
		return
	}
	if v.JSON != nil {
		v.JSON.Walk(f)
	}
	for _, p := range v.Parts {
		if p.Hole != nil && v.JSON == nil {
			p.Hole.Walk(f)
		}
	}
	for _, e := range v.Elems {
		e.Walk(f)
	}
	for _, a := range v.Attrs {
		a.Name.Walk(f)
		a.Value.Walk(f)
	}
}

// AllWhy is every reason in v and below, each once, in order.
func (v *Value) AllWhy() []Reason {
	var out []Reason
	seen := map[Reason]bool{}
	v.Walk(func(w *Value) bool {
		for _, r := range w.Why {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
		return true
	})
	return out
}

// Needs are the reasons of everything that is not known in the values; when
// they give none, the text says what is missing.
func Needs(otherwise string, span source.Span, values ...*Value) []Reason {
	var out []Reason
	for _, v := range values {
		if v != nil {
			out = append(out, v.AllWhy()...)
		}
	}
	if len(out) == 0 {
		out = []Reason{{Text: otherwise, Span: span}}
	}
	return out
}

// AllAssumptions is every assumption that v or something in it rests on.
func (v *Value) AllAssumptions() []*Assumption {
	var out []*Assumption
	v.Walk(func(w *Value) bool { out = MergeAssumptions(out, w.Assumptions); return true })
	return out
}

// MergeAssumptions is a and what of b it lacks.
func MergeAssumptions(a, b []*Assumption) []*Assumption {
	for _, x := range b {
		found := false
		for _, y := range a {
			if x == y {
				found = true
				break
			}
		}
		if !found {
			a = append(a[:len(a):len(a)], x)
		}
	}
	return a
}

// Known says that nothing in v is unknown, open or a hole.
func (v *Value) Known() bool {
	known := true
	if v == nil {
		return false
	}
	v.Walk(func(w *Value) bool {
		if w.Kind == Unknown || w.Open {
			known = false
		}
		return known
	})
	return known
}

// Distinct is every reason once.
func Distinct(list []Reason) []Reason {
	var out []Reason
	seen := map[Reason]bool{}
	for _, r := range list {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}
