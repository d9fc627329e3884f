package value

import "math/big"

// scalar reads a number, true, false, null, or any mix of such characters with
// holes, which is unknown.
func (d *jsonDecoder) scalar(start jsonPos) (*Value, error) {
	var text []byte
	holes := false
	for !d.end() {
		if d.hole() != nil {
			holes = true
		} else if c := d.peek(); c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			text = append(text, c)
		} else {
			break
		}
		d.next()
	}
	if holes {
		return d.unknown(start), nil
	}
	switch s := string(text); s {
	case "true", "false":
		return d.finish(BoolOf(s == "true"), start), nil
	case "null":
		return d.finish(NullOf(Type{}), start), nil
	case "":
		return nil, d.fail("%s where a value should be", d.found())
	default:
		if len(s) > MaxDigits {
			return nil, d.failAt(start, "a number of more than %d digits", MaxDigits)
		}
		n, ok := jsonNumber(s)
		if !ok {
			return nil, d.failAt(start, "invalid literal %s where a value should be", s)
		}
		return d.finish(&Value{Kind: Number, Number: n}, start), nil
	}
}

// MaxDigits is how many digits of a number are read. Terraform keeps 155 of them, and to read
// many takes time that grows with their square.
const MaxDigits = 10_000

// ManyDigits says that a text has more digits in a row than numbers may have.
func ManyDigits(text string) bool {
	row := 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9', c == '.', c == '_':
			if row++; row > MaxDigits {
				return true
			}
		default:
			row = 0
		}
	}
	return false
}

// jsonNumber parses a number by JSON's grammar, with the precision that
// Terraform uses.
func jsonNumber(s string) (*big.Float, bool) {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i+1 < len(s) && s[i] == '0' && '0' <= s[i+1] && s[i+1] <= '9' || !digits() {
		return nil, false
	}
	if i < len(s) && s[i] == '.' {
		if i++; !digits() {
			return nil, false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if from := i; !digits() || i-from > 6 { // an exponent that takes no time to compute
			return nil, false
		}
	}
	if i != len(s) {
		return nil, false
	}
	f, _, err := big.ParseFloat(s, 10, 512, big.ToNearestEven)
	return f, err == nil && !f.IsInf()
}
