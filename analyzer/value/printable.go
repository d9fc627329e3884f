package value

import (
	"regexp"
	"strings"
)

// maxReference is the longest reference that a message spells out.
const maxReference = 80

// reference is an expression on one line that people can search for: a name, a
// call of a function, a for. The span of a value may be a piece of one, which
// says nothing.
var reference = regexp.MustCompile(`^([A-Za-z_][\w-]*(\.[A-Za-z_*][\w-]*|\["[^"\n]*"\]|\[[\w.*]+\])+|\w+\(.*\)|\[ *for .*\])$`)

// Printable is a string for messages: what is not known of it stands as the
// reference it was written as, arn:aws:iam::${local.account}:root, or as … .
// Nothing of a sensitive value is told. A value that is no string is … .
func (v *Value) Printable() string {
	parts, ok := v.AsParts()
	if !ok || v != nil && v.Sensitive {
		return "…"
	}
	if v != nil && v.Ref != nil && v.Ref.Attr == "arn" && !v.Known() {
		return v.reference()
	}
	if len(parts) == 1 && parts[0].Hole != nil {
		if name := parts[0].Hole.reference(); name != "" {
			return name
		}
	}
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.Hole == nil:
			b.WriteString(p.Text.String)
		case p.Hole.reference() != "":
			b.WriteString("${" + p.Hole.reference() + "}")
		default:
			b.WriteString("…")
		}
	}
	return b.String()
}

// reference is how people find what is not known: the expression that stands
// for it, or the name that it was read through; "" when there is neither.
func (v *Value) reference() string {
	if text := v.Span.Text(); !v.Sensitive && len(text) <= maxReference && reference.MatchString(text) {
		return text
	}
	switch {
	case v.Via != nil:
		return v.Via.Name
	case v.Ref != nil:
		return v.Ref.Address + "." + v.Ref.Attr
	}
	return ""
}
