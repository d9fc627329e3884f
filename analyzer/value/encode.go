package value

import (
	"encoding/json"
	"strings"
)

// EncodeJSON is the JSON text of a value, as Terraform's jsonencode and the
// AWS provider write it: <, > and & escaped, members in the order in which v
// has them. indent is the indentation of one level; without it the text is
// minified. ok is false when something in v is not known.
func EncodeJSON(v *Value, indent string) (text string, ok bool) {
	e := jsonEncoder{indent: indent}
	if !e.value(v, 0) {
		return "", false
	}
	return e.b.String(), true
}

type jsonEncoder struct {
	b      strings.Builder
	indent string
}

func (e *jsonEncoder) value(v *Value, depth int) bool {
	switch {
	case v.Is(Null) || v.Is(Absent):
		e.b.WriteString("null")
	case v.Is(Bool):
		if v.Bool {
			e.b.WriteString("true")
		} else {
			e.b.WriteString("false")
		}
	case v.Is(Number):
		if v.Number == nil {
			return false
		}
		e.b.WriteString(v.Number.Text('f', -1))
	case v.Is(String):
		return e.str(v)
	case v.IsSequence():
		return !v.Open && e.members('[', ']', len(v.Elems), depth, func(i int) bool {
			return e.value(v.Elems[i], depth+1)
		})
	case v.IsMapping():
		return !v.Open && e.members('{', '}', len(v.Attrs), depth, func(i int) bool {
			if !e.str(v.Attrs[i].Name) {
				return false
			}
			e.b.WriteByte(':')
			if e.indent != "" {
				e.b.WriteByte(' ')
			}
			return e.value(v.Attrs[i].Value, depth+1)
		})
	default:
		return false
	}
	return true
}

func (e *jsonEncoder) members(open, closing byte, n, depth int, member func(int) bool) bool {
	e.b.WriteByte(open)
	for i := range n {
		if i > 0 {
			e.b.WriteByte(',')
		}
		e.newline(depth + 1)
		if !member(i) {
			return false
		}
	}
	if n > 0 {
		e.newline(depth)
	}
	e.b.WriteByte(closing)
	return true
}

func (e *jsonEncoder) newline(depth int) {
	if e.indent != "" {
		e.b.WriteByte('\n')
		for range depth {
			e.b.WriteString(e.indent)
		}
	}
}

func (e *jsonEncoder) str(v *Value) bool {
	s, ok := v.Text()
	if !ok {
		return false
	}
	b, err := json.Marshal(s)
	if err != nil {
		return false
	}
	e.b.Write(b)
	return true
}
