package terraform

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// knownPrefix is the text before the first hole.
func knownPrefix(parts []value.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Hole != nil {
			break
		}
		b.WriteString(p.Text.String)
	}
	return b.String()
}

// knownSuffix is the text after the last hole.
func knownSuffix(parts []value.Part) string {
	i := len(parts)
	for i > 0 && parts[i-1].Hole == nil {
		i--
	}
	return knownPrefix(parts[i:])
}

// knownBytes is the number of bytes that the string surely has.
func knownBytes(parts []value.Part) int {
	n := 0
	for _, p := range parts {
		if p.Hole == nil {
			n += len(p.Text.String)
		}
	}
	return n
}

// parts is argument i as the pieces of a string; ok is false when none of it
// is known.
func (c *call) parts(i int) (parts []value.Part, ok bool, err error) {
	v, err := c.str(i)
	if err != nil {
		return nil, false, err
	}
	all, _ := v.AsParts()
	for _, p := range all {
		if p.Hole != nil || p.Text.String != "" {
			parts = append(parts, p)
		}
	}
	return parts, !v.Is(value.Unknown), nil
}

// literal is argument i when all of it is known. Most functions decide nothing
// about an argument of which a piece is missing.
func (c *call) literal(i int) (s string, ok bool, err error) {
	v, err := c.str(i)
	if err != nil {
		return "", false, err
	}
	s, ok = v.Text()
	return s, ok, nil
}

// made is a string of parts. One that is a single hole is an unknown string.
func (c *call) made(parts []value.Part) (*value.Value, error) {
	if knownBytes(parts) > maxText {
		return nil, errTooLong
	}
	if len(parts) > maxPieces {
		parts = joinTexts(parts)
	}
	parts = composed(parts, c.sc.span)
	if len(parts) == 1 && parts[0].Hole != nil {
		v := *parts[0].Hole
		if v.Type.Kind != value.String {
			v.Type = value.Type{Kind: value.String}
		}
		return c.carryDeep(&v), nil
	}
	return c.carryDeep(&value.Value{Kind: value.String, Parts: parts, Span: c.sc.span}), nil
}

// changed is a hole whose text a function may have changed: it is the attribute
// that it came from no more. What is left is why it is not known, and what it
// rests on.
func changed(p value.Part) value.Part {
	if p.Hole == nil {
		return p
	}
	w := *p.Hole
	w.Ref, w.JSON, w.Rest, w.Joined = nil, nil, nil, ""
	w.Candidates, w.When = nil, nil
	return value.Part{Hole: &w}
}

func changedAll(parts []value.Part) []value.Part {
	out := make([]value.Part, len(parts))
	for i, p := range parts {
		out[i] = changed(p)
	}
	return out
}

// cut drops n bytes at the start of the known prefix.
func cut(parts []value.Part, n int) []value.Part {
	for len(parts) > 0 && n > 0 {
		t := parts[0].Text
		if n < len(t.String) {
			return append([]value.Part{{Text: t.Slice(n, len(t.String))}}, parts[1:]...)
		}
		n -= len(t.String)
		parts = parts[1:]
	}
	return parts
}

// cutEnd drops n bytes at the end of the known suffix.
func cutEnd(parts []value.Part, n int) []value.Part {
	for len(parts) > 0 && n > 0 {
		last := len(parts) - 1
		t := parts[last].Text
		if n < len(t.String) {
			return append(parts[:last:last], value.Part{Text: t.Slice(0, len(t.String)-n)})
		}
		n -= len(t.String)
		parts = parts[:last]
	}
	return parts
}

func hasHoles(parts []value.Part) bool {
	for _, p := range parts {
		if p.Hole != nil {
			return true
		}
	}
	return false
}

// joinTexts makes one part of neighbouring texts, so that a search sees across
// their border. The joined text stands nowhere.
func joinTexts(parts []value.Part) []value.Part {
	var out []value.Part
	for i := 0; i < len(parts); {
		end := i + 1
		for parts[i].Hole == nil && end < len(parts) && parts[end].Hole == nil {
			end++
		}
		if end == i+1 {
			out = append(out, parts[i])
		} else {
			out = append(out, value.Part{Text: source.Computed(knownPrefix(parts[i:end]), source.Span{})})
		}
		i = end
	}
	return out
}

// composed are the parts of a string in the form that all of Terraform's strings
// have: Unicode's NFC, across the borders of what they were made of. What had to
// be changed stands nowhere in the text. cty normalizes each string that it
// makes:
// https://pkg.go.dev/github.com/zclconf/go-cty/cty#NormalizeString
func composed(parts []value.Part, span source.Span) []value.Part {
	for i := 0; i < len(parts); i++ {
		end, ascii := i, true
		for ; end < len(parts) && parts[end].Hole == nil; end++ {
			ascii = ascii && isASCII(parts[end].Text.String)
		}
		if !ascii {
			if text := knownPrefix(parts[i:end]); !norm.NFC.IsNormalString(text) {
				whole := value.Part{Text: source.Computed(norm.NFC.String(text), span)}
				parts = append(append(parts[:i:i], whole), parts[end:]...)
				end = i + 1
			}
		}
		i = end
	}
	return parts
}

// composedDeep is v with all strings in it, and names of members, in the form
// that Terraform gives them.
func composedDeep(v *value.Value) *value.Value {
	if v == nil {
		return v
	}
	w := *v
	switch {
	case v.Is(value.String):
		w.Parts = composed(v.Parts, v.Span)
	case v.IsSequence():
		w.Elems = make([]*value.Value, len(v.Elems))
		for i, e := range v.Elems {
			w.Elems[i] = composedDeep(e)
		}
	case v.IsMapping():
		w.Attrs = make([]value.Attr, len(v.Attrs))
		for i, a := range v.Attrs {
			a.Name, a.Value = composedDeep(a.Name), composedDeep(a.Value)
			w.Attrs[i] = a
		}
	default:
		return v
	}
	return &w
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
