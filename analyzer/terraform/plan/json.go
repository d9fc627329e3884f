package plan

import (
	"bytes"
	"encoding/json"
	"errors"
)

// A jsonText is a JSON value as it stands in a file, and known to be valid: of what is
// said of a resource, most is never looked at.
type jsonText []byte

// decode reads the value, numbers as they are written. No text is no value.
func (t jsonText) decode(into any) error {
	if len(t) == 0 {
		return nil
	}
	if text, ok := into.(*string); ok {
		if inside := len(t) - 1; inside > 0 && t[0] == '"' && unescaped(t[1:inside]) {
			*text = string(t[1:inside])
			return nil
		}
	}
	dec := json.NewDecoder(bytes.NewReader(t))
	dec.UseNumber()
	return dec.Decode(into)
}

// isNull says that there is no value, or null.
func (t jsonText) isNull() bool { return len(t) == 0 || t[0] == 'n' }

// fields decodes the members of an object that into names. A *jsonText gets the
// text alone.
func (t jsonText) fields(into map[string]any) error {
	return t.members(func(name string, v jsonText) error {
		switch p := into[name].(type) {
		case nil:
			return nil
		case *jsonText:
			*p = v
			return nil
		default:
			return v.decode(p)
		}
	})
}

// unescaped says that the inside of a string stands for itself.
func unescaped(t jsonText) bool {
	for _, c := range t {
		if c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

var errNoObject, errNoArray = errors.New("it is no object"), errors.New("it is no array")

// members calls f for every member of an object, in their order. null has none.
func (t jsonText) members(f func(name string, v jsonText) error) error {
	i := space(t, 0)
	switch {
	case i == len(t) || t[i] == 'n':
		return nil
	case t[i] != '{':
		return errNoObject
	}
	for i = space(t, i+1); i < len(t) && t[i] != '}'; {
		end := skip(t, i)
		var name string
		if inside := t[i+1 : end-1]; unescaped(inside) {
			name = string(inside)
		} else if err := t[i:end].decode(&name); err != nil {
			return err
		}
		start := space(t, space(t, end)+1) // behind the colon
		if start >= len(t) {
			return errNoObject
		}
		end = skip(t, start)
		if err := f(name, t[start:end]); err != nil {
			return err
		}
		if i = space(t, end); i < len(t) && t[i] == ',' {
			i = space(t, i+1)
		}
	}
	return nil
}

// elements calls f for every element of an array but null. null has none.
func (t jsonText) elements(f func(v jsonText) error) error {
	i := space(t, 0)
	switch {
	case i == len(t) || t[i] == 'n':
		return nil
	case t[i] != '[':
		return errNoArray
	}
	for i = space(t, i+1); i < len(t) && t[i] != ']'; {
		end := skip(t, i)
		if t[i] != 'n' {
			if err := f(t[i:end]); err != nil {
				return err
			}
		}
		if i = space(t, end); i < len(t) && t[i] == ',' {
			i = space(t, i+1)
		}
	}
	return nil
}

// space is where the next thing but white space stands.
func space(t jsonText, i int) int {
	for i < len(t) && (t[i] == ' ' || t[i] == '\n' || t[i] == '\t' || t[i] == '\r') {
		i++
	}
	return i
}

// skip is the end of the value that begins at i. Of a valid text only brackets and
// strings have to be told apart for that; nothing is decoded.
func skip(t jsonText, i int) int {
	for depth := 0; i < len(t); {
		switch t[i] {
		case '"':
			i = skipString(t, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		default:
			if depth > 0 {
				i++
				continue
			}
			for i < len(t) && t[i] != ',' && t[i] != '}' && t[i] != ']' && space(t, i) == i {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

func skipString(t jsonText, i int) int {
	for i++; i < len(t); {
		n := bytes.IndexByte(t[i:], '"')
		if n < 0 {
			return len(t)
		}
		i += n
		escapes := 0
		for t[i-1-escapes] == '\\' {
			escapes++
		}
		if i++; escapes%2 == 0 {
			return i
		}
	}
	return i
}
