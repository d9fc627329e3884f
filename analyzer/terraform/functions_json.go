package terraform

import (
	"encoding/json"
	"errors"
	"strings"

	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// jsonEncode keeps the tree beside its text: the tree has everything that is
// known, where it stands and how it is written. A policy is judged by its tree;
// the text is for what takes it as text.
func (c *call) jsonEncode() (*value.Value, error) {
	v := c.args[0]
	// Infinity has no JSON, and 1e999999 too much of it.
	if !formattable(v) {
		return nil, errors.New("a number is too large to print")
	}
	w := &jsonWriter{span: c.sc.span}
	w.value(v)
	if w.size > maxText {
		return nil, errTooLong
	}
	out := &value.Value{Kind: value.String, Parts: w.done(), JSON: v, Span: c.sc.span}
	return c.carryDeep(out), nil
}

// jsonWriter writes JSON text with holes, as cty prints it: without spaces, keys
// in order, <, > and & escaped.
// https://developer.hashicorp.com/terraform/language/functions/jsonencode
type jsonWriter struct {
	span  source.Span
	parts []value.Part
	buf   strings.Builder
	size  int
}

func (w *jsonWriter) text(s string) {
	if w.size += len(s); w.size <= maxText {
		w.buf.WriteString(s)
	}
}

func (w *jsonWriter) flush() {
	if w.buf.Len() > 0 {
		w.parts = append(w.parts, value.Part{Text: source.Computed(w.buf.String(), w.span)})
		w.buf.Reset()
	}
}

func (w *jsonWriter) hole(v *value.Value) {
	w.flush()
	h := value.Of(value.Type{Kind: value.String}, v.Span, v.AllWhy()...)
	w.parts = append(w.parts, value.Part{Hole: carryFrom(h, v)})
}

func (w *jsonWriter) done() []value.Part {
	w.flush()
	return w.parts
}

func (w *jsonWriter) value(v *value.Value) {
	switch {
	case v == nil:
		w.hole(&value.Value{})
	// What may have more members, or in another order, is one hole: nothing
	// inside of it is certain to stand there.
	case v.Is(value.Unknown), v.Open, v.Is(value.Set) && !v.Known(), v.IsMapping() && !namesKnown(v):
		w.hole(v)
	case v.Missing():
		w.text("null")
	case v.Is(value.Bool) && v.Bool:
		w.text("true")
	case v.Is(value.Bool):
		w.text("false")
	case v.Is(value.Number):
		w.text(v.Number.Text('f', -1))
	case v.Is(value.String):
		w.str(v)
	case v.IsSequence():
		w.text("[")
		for i, e := range v.Elems {
			if i > 0 {
				w.text(",")
			}
			w.value(e)
		}
		w.text("]")
	case v.IsMapping():
		w.text("{")
		for i, a := range members(v) {
			if i > 0 {
				w.text(",")
			}
			w.str(a.Name)
			w.text(":")
			w.value(a.Value)
		}
		w.text("}")
	}
}

func (w *jsonWriter) str(v *value.Value) {
	w.text(`"`)
	for _, p := range v.Parts {
		if p.Hole != nil {
			w.hole(p.Hole)
			continue
		}
		// Go escapes <, > and & as cty does.
		b, err := json.Marshal(p.Text.String)
		if err != nil || len(b) < 2 {
			w.hole(v)
			continue
		}
		w.text(string(b[1 : len(b)-1]))
	}
	w.text(`"`)
}

func (c *call) jsonDecode() (*value.Value, error) {
	s, err := c.str(0)
	if err != nil {
		return nil, err
	}
	for _, p := range s.Parts {
		if err := c.work(membersOfJSON(p.Text.String) * perPiece); err != nil {
			return nil, err
		}
	}
	tree, err := value.DecodeJSON(s)
	if err != nil && hasHoles(s.Parts) {
		return c.unknown(cty.DynamicPseudoType), nil // what is in the holes may mend it
	}
	if err != nil {
		return nil, err
	}
	// The tree is what jsonencode was given, and not what was read from text.
	if s.JSON != nil {
		tree = decoded(tree)
	}
	out := composedDeep(tree)
	if _, known := s.Text(); lastOfEach(out) && known {
		if _, err := c.library(stdlib.JSONDecodeFunc); err != nil {
			return nil, err
		}
	}
	return c.carry(out), nil
}

// lastOfEach leaves of members with one name the last, and says whether there are such.
// So does Terraform's jsondecode, if they have one type, and refuses the others: what
// jsonencode then writes of the object has no other.
// https://github.com/zclconf/go-cty/issues/199
func lastOfEach(v *value.Value) (twice bool) {
	if v == nil {
		return false
	}
	for _, e := range v.Elems {
		twice = lastOfEach(e) || twice
	}
	last := map[string]int{}
	for i, a := range v.Attrs {
		twice = lastOfEach(a.Value) || twice
		if name, ok := a.Key(); ok {
			last[name] = i
		}
	}
	var kept []value.Attr
	for i, a := range v.Attrs {
		if name, ok := a.Key(); !ok || last[name] == i {
			kept = append(kept, a)
		}
	}
	twice = twice || len(kept) < len(v.Attrs)
	v.Attrs = kept
	return twice
}

// decoded is what jsondecode makes of a value that jsonencode was given: JSON
// has no lists, sets or maps.
func decoded(v *value.Value) *value.Value {
	if v == nil {
		return v
	}
	w := *v
	switch {
	case v.Missing():
		w = value.Value{Kind: value.Null, Span: v.Span}
	case v.IsSequence():
		if positioned(v) {
			w.Kind = value.Tuple
		}
		w.Type, w.Elems = value.Type{}, make([]*value.Value, len(v.Elems))
		for i, e := range v.Elems {
			w.Elems[i] = decoded(e)
		}
	case v.IsMapping():
		w.Kind, w.Type, w.Attrs = value.Object, value.Type{}, make([]value.Attr, len(v.Attrs))
		for i, a := range v.Attrs {
			w.Attrs[i] = value.Attr{Name: a.Name, Value: decoded(a.Value)}
		}
	}
	return &w
}

func (c *call) yamlDecode() (*value.Value, error) {
	s, ok, err := c.literal(0)
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.unknown(cty.DynamicPseudoType), nil
	}
	if value.ManyDigits(s) {
		return nil, errDigits
	}
	t, err := yaml.ImpliedType([]byte(s))
	if err != nil {
		return nil, err
	}
	// Anchors multiply, at each level of them.
	if err := c.work(membersOfType(t, MaxBytes/perPiece) * perPiece); err != nil {
		return nil, err
	}
	return c.library(yaml.YAMLDecodeFunc)
}
