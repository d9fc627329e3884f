package value

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Canonical is a text that is equal for equal values however they are written:
// members in order of their names, unknown pieces as ?, sensitive values left
// out. It identifies a statement across moves and renames.
func Canonical(v *Value) string {
	switch {
	case v.Is(Unknown):
		return "?"
	case v.Sensitive:
		return "!"
	case v.Missing():
		return "null"
	case v.Is(Bool):
		return strconv.FormatBool(v.Bool)
	case v.Is(Number):
		return v.Number.Text('g', -1)
	case v.Is(String):
		var b strings.Builder
		for _, p := range v.Parts {
			if p.Hole != nil {
				b.WriteString("?")
			} else {
				b.WriteString(p.Text.String)
			}
		}
		return strconv.Quote(b.String())
	}
	var parts []string
	for _, e := range v.Elems {
		parts = append(parts, Canonical(e))
	}
	for _, a := range v.Attrs {
		parts = append(parts, Canonical(a.Name)+":"+Canonical(a.Value))
	}
	if v.IsMapping() || v.Is(Set) {
		sort.Strings(parts)
	}
	if v.Open {
		parts = append(parts, "?")
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// Key is a text that is equal for values that no decision can tell apart:
// Canonical with all that is known of what is not known, sensitive values
// included. It is for remembering answers, never for printing.
func Key(v *Value) string {
	var b strings.Builder
	writeKey(&b, v)
	return b.String()
}

func writeKey(b *strings.Builder, v *Value) {
	if v == nil {
		b.WriteString("nil")
		return
	}
	fmt.Fprintf(b, "(%d", v.Kind)
	if v.Open {
		b.WriteString(" open")
	}
	if v.Ref != nil {
		fmt.Fprintf(b, " ref %+v", *v.Ref)
	}
	if v.Rest != nil {
		b.WriteString(" rest ")
		writeKey(b, v.Rest)
	}
	if v.Same != "" {
		fmt.Fprintf(b, " same %q", v.Same)
	}
	for _, c := range v.Candidates {
		b.WriteString(" or ")
		writeKey(b, c)
	}
	switch v.Kind {
	case Unknown:
		fmt.Fprintf(b, " %d", v.Type.Kind)
		for _, r := range v.Why {
			fmt.Fprintf(b, " %q", r.Text)
		}
	case Bool:
		fmt.Fprintf(b, " %t", v.Bool)
	case Number:
		b.WriteString(" " + v.Number.Text('g', -1))
	case String:
		if v.JSON != nil {
			writeKey(b, v.JSON)
			break
		}
		for _, p := range v.Parts {
			if p.Hole != nil {
				writeKey(b, p.Hole)
			} else {
				fmt.Fprintf(b, " %q", p.Text.String)
			}
		}
	}
	for _, e := range v.Elems {
		writeKey(b, e)
	}
	for _, a := range v.Attrs {
		writeKey(b, a.Name)
		writeKey(b, a.Value)
	}
	b.WriteByte(')')
}
