package value

import "strings"

// EqualJSON compares decoded JSON, members in any order.
func EqualJSON(a, b *Value) bool {
	switch {
	case a.IsSequence() && b.IsSequence():
		if len(a.Elems) != len(b.Elems) || a.Open || b.Open {
			return false
		}
		for i := range a.Elems {
			if !EqualJSON(a.Elems[i], b.Elems[i]) {
				return false
			}
		}
		return true
	case a.IsMapping() && b.IsMapping():
		if len(a.Attrs) != len(b.Attrs) || a.Open || b.Open {
			return false
		}
		for _, m := range a.Attrs {
			k, ok := m.Key()
			if !ok || !EqualJSON(m.Value, b.Get(k)) {
				return false
			}
		}
		return true
	}
	return EqualScalars(a, b)
}

// EqualScalars says that both are known, are no lists or objects, and are equal.
func EqualScalars(a, b *Value) bool {
	switch {
	case a.Is(Bool) && b.Is(Bool):
		return a.Bool == b.Bool
	case a.Is(Number) && b.Is(Number):
		return a.Number != nil && b.Number != nil && a.Number.Cmp(b.Number) == 0
	case a.Is(String) && b.Is(String):
		x, ok := a.Text()
		y, same := b.Text()
		return ok && same && x == y
	}
	return a.Is(Null) && b.Is(Null)
}

func SameJSONText(a, b string) bool {
	if !strings.HasPrefix(strings.TrimSpace(a), "{") {
		return false
	}
	x, err := DecodeJSON(Str(a))
	if err != nil {
		return false
	}
	y, err := DecodeJSON(Str(b))
	return err == nil && EqualJSON(x, y)
}
