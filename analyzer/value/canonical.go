package value

import (
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
