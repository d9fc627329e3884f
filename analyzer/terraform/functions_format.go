package terraform

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// formatVerb is a formatting sequence: flags, width and precision; the index of
// an argument; the letter.
// https://developer.hashicorp.com/terraform/language/functions/format
var formatVerb = regexp.MustCompile(`%(?:%|([ +#0-]*[0-9]*(?:\.[0-9]*)?)(?:\[([0-9]+)\])?([a-zA-Z]))`)

// maxWidth bounds the width and precision of a formatVerb. "%999999999d" would
// fill the memory.
const maxWidth = 4096

// format is the text with its verbs replaced; the format has to be known. An
// argument that is not known leaves a hole in the text, whichever verb formats
// it.
func (c *call) format() (*value.Value, error) {
	f, ok, err := c.formatText()
	if err != nil || !ok {
		return c.unknown(cty.String), err
	}
	parts, err := formatParts(f, c.args[1:])
	if err != nil {
		return nil, err
	}
	// The argument itself, with what it refers to and the tree that it encodes.
	if len(c.args) == 2 && (f.String == "%s" || f.String == "%v") && c.args[1].Is(value.String) {
		return carryFrom(c.args[1], c.args[0]), nil
	}
	return c.made(parts)
}

// formatText is the format string, when it is known.
func (c *call) formatText() (source.Text, bool, error) {
	if c.args[0].Missing() {
		return source.Text{}, false, errors.New("the format must not be null")
	}
	v, err := c.str(0)
	if err != nil {
		return source.Text{}, false, err
	}
	s, ok := v.Text()
	if len(v.Parts) == 1 {
		return v.Parts[0].Text, ok, nil
	}
	return source.Computed(s, source.Span{}), ok, nil
}

// formatParts is the text with the arguments in it. What is known of an
// argument is formatted by cty, one verb at a time.
func formatParts(f source.Text, args []*value.Value) ([]value.Part, error) {
	var out []value.Part
	text := func(i, j int) {
		if i < j {
			out = append(out, value.Part{Text: f.Slice(i, j)})
		}
	}
	at, next, used, size := 0, 0, 0, 0
	for _, m := range formatVerb.FindAllStringSubmatchIndex(f.String, -1) {
		text(at, m[0])
		at = m[1]
		if m[6] < 0 { // %%
			text(m[1]-1, m[1])
			continue
		}
		// %[2]s is the second argument; %s after it is the third.
		if m[4] >= 0 {
			n, err := strconv.Atoi(f.String[m[4]:m[5]])
			if err != nil || n < 1 {
				return nil, errors.New("an argument index in the format is out of range")
			}
			next = n - 1
		}
		if next >= len(args) {
			return nil, errors.New("there are not enough arguments for the format")
		}
		parts, err := formatOne(f.String[m[2]:m[3]], f.String[m[6]:m[7]], args[next])
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
		if size += knownBytes(parts); size > maxText {
			return nil, errTooLong
		}
		next++
		used = max(used, next)
	}
	text(at, len(f.String))
	// Also arguments that come before one named by its index count as used.
	if used < len(args) {
		return nil, errors.New("there are more arguments than the format uses")
	}
	return out, literalPercents(f.String)
}

// literalPercents finds percent signs that begin no formatVerb.
func literalPercents(format string) error {
	rest := formatVerb.ReplaceAllLiteralString(format, "")
	for i := range len(rest) {
		if rest[i] == '%' {
			return errors.New("the format has a % that begins no verb")
		}
	}
	return nil
}

var widths = regexp.MustCompile(`[0-9]+`)

// formatOne is one argument formatted by %<flags><letter>.
func formatOne(flags, letter string, arg *value.Value) ([]value.Part, error) {
	for _, d := range widths.FindAllString(flags, -1) {
		if n, err := strconv.Atoi(d); err != nil || n > maxWidth {
			return nil, errors.New("a width in the format is too large")
		}
	}
	if flags == "" && (letter == "s" || letter == "v" && (arg.Is(value.String) || arg.Is(value.Unknown))) {
		switch arg.Kind {
		case value.String:
			return arg.Parts, nil
		case value.Unknown:
			return []value.Part{{Hole: arg}}, nil
		}
	}
	if !arg.Known() {
		// %q quotes as JSON does.
		if flags == "" && letter == "q" && arg.Is(value.String) {
			e := &jsonWriter{}
			e.str(arg)
			return e.done(), nil
		}
		hole := value.Of(value.Type{Kind: value.String}, arg.Span, arg.AllWhy()...)
		return []value.Part{{Hole: carryFrom(hole, arg)}}, nil
	}
	if infinite := arg.Is(value.Number) && arg.Number.IsInf(); !infinite && !formattable(arg) {
		return nil, errors.New("a number is too large to print")
	}
	out, err := stdlib.Format(cty.StringVal("%"+flags+letter), toCty(arg))
	if err != nil {
		return nil, err
	}
	if !out.IsKnown() {
		return nil, errors.New("an argument cannot be formatted")
	}
	return []value.Part{{Text: source.Computed(out.AsString(), arg.Span)}}, nil
}

// oversizedDeep is oversized of any number in v.
func oversizedDeep(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Kind == value.Number && w.Number != nil && oversized(w.Number)
		return !found
	})
	return found
}

// formattable says that no number in v is too large to print.
func formattable(v *value.Value) bool {
	ok := true
	v.Walk(func(w *value.Value) bool {
		ok = ok && (w.Kind != value.Number || w.Number != nil && !w.Number.IsInf() && !oversized(w.Number))
		return ok
	})
	return ok
}

// formatList is one string for each element of the lists among its arguments,
// which have to be of one length:
// https://developer.hashicorp.com/terraform/language/functions/formatlist
func (c *call) formatList() (*value.Value, error) {
	f, ok, err := c.formatText()
	if err != nil || !ok {
		return c.unknown(cty.List(cty.String)), err
	}
	n, loose := -1, false
	for i, a := range c.args[1:] {
		switch {
		// An unknown value may be a list, or a string for all rows.
		case a.IsSequence() && !positioned(a) || a.Is(value.Unknown) && maybeSequence(a):
			loose = true
		case !a.IsSequence():
		case n < 0:
			n = len(a.Elems)
		case n != len(a.Elems):
			return nil, fmt.Errorf("argument %d has %d elements where another has %d", i+2, len(a.Elems), n)
		}
	}
	if loose {
		return c.formatLoose(f)
	}
	if n < 0 {
		n = 1
	}
	g := &gather{}
	for i := range n {
		e, err := c.formatRow(f, i)
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		g.add(e)
	}
	v := g.result(c, value.List)
	if n == 0 {
		v.Type = value.Type{Kind: value.String}
	}
	return c.carry(v), nil
}

// formatRow is the i'th string of formatlist. Arguments that are no lists are the
// same in each.
func (c *call) formatRow(f source.Text, i int) (*value.Value, error) {
	row := make([]*value.Value, len(c.args)-1)
	for j, a := range c.args[1:] {
		row[j] = a
		if a.IsSequence() {
			row[j] = a.Elems[i]
		}
	}
	parts, err := formatParts(f, row)
	if err != nil {
		return nil, err
	}
	return (&call{name: c.name, args: append([]*value.Value{c.args[0]}, row...), sc: c.sc}).made(parts)
}

// formatLoose formats one sequence whose elements are not all listed, or not
// in order; with two of them the rows are not known.
func (c *call) formatLoose(f source.Text) (*value.Value, error) {
	var seq *value.Value
	for _, a := range c.args[1:] {
		if !a.IsSequence() && !(a.Is(value.Unknown) && maybeSequence(a)) {
			continue
		}
		if seq != nil || !a.IsSequence() {
			u := *c.unknown(cty.List(cty.String))
			u.Rest = c.formatRest(f)
			return &u, nil
		}
		seq = a
	}
	g := &gather{loose: !positioned(seq)}
	for i := range seq.Elems {
		e, err := c.formatRow(f, i)
		if err != nil {
			return nil, err
		}
		g.add(e)
	}
	if seq.Open {
		g.more(&value.Value{Elems: []*value.Value{seq}, Rest: c.formatRest(f)})
	}
	return g.result(c, value.List), nil
}

// formatRest is what the strings are like that are not listed.
func (c *call) formatRest(f source.Text) *value.Value {
	row := &call{name: c.name, args: make([]*value.Value, len(c.args)), sc: c.sc}
	for i, a := range c.args {
		row.args[i] = a
		if i > 0 && (a.IsSequence() || a.Is(value.Unknown) && maybeSequence(a)) {
			row.args[i] = &value.Value{Kind: value.Tuple, Elems: []*value.Value{memberNotListed(a)}}
		}
	}
	v, err := row.formatRow(f, 0)
	if err != nil {
		return nil
	}
	return v
}
