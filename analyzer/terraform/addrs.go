package terraform

import "strings"

// Mode tells resources from data sources.
type Mode int8

// The modes of a resource block.
const (
	Managed Mode = iota
	Data
)

type resourceKey struct {
	mode Mode
	typ  string
	name string
}

func (k resourceKey) String() string {
	if k.mode == Data {
		return "data." + k.typ + "." + k.name
	}
	return k.typ + "." + k.name
}

// TypeOf is the resource type of an instance address; "" of what is none.
func TypeOf(address string) string {
	_, typ, _ := addressType(address)
	return typ
}

// addressType takes the mode and type out of an instance address such as
// module.a["k"].data.aws_iam_policy_document.x[0].
func addressType(address string) (Mode, string, bool) {
	steps := splitAddress(address)
	for len(steps) >= 2 && steps[0] == "module" {
		steps = steps[2:]
	}
	mode := Managed
	if len(steps) > 0 && steps[0] == "data" {
		mode, steps = Data, steps[1:]
	}
	if len(steps) != 2 {
		return 0, "", false
	}
	return mode, steps[0], true
}

// splitAddress gives the names of an address without instance keys; dots in
// quoted keys separate nothing.
func splitAddress(address string) []string {
	var steps []string
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(address); i++ {
		c := address[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth > 0:
		case c == '.':
			steps = append(steps, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(steps, b.String())
}

// splitKey is an address without the key at its end.
func splitKey(address string) string {
	quoted := false
	open := -1
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			open = i
		case c == '.':
			open = -1
		}
	}
	if open >= 0 && strings.HasSuffix(address, "]") {
		return address[:open]
	}
	return address
}

// cutKey splits an index at the front of a reference from the rest.
func cutKey(s string) (key, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return s[:i+1], s[i+1:]
		}
	}
	return "", s
}

// quoteKey writes a key as Terraform does in addresses.
func quoteKey(key string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range key {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && i+1 < len(key) && key[i+1] == '{':
			b.WriteRune(r)
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// moduleSteps splits a module address into its calls: module.a, module.b["k"].
func moduleSteps(address string) []string {
	var steps []string
	quoted := false
	start := 0
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && c == '.' && strings.HasPrefix(address[i:], ".module.") && i > start+len("module"):
			steps = append(steps, address[start:i])
			start = i + 1
		}
	}
	if address != "" {
		steps = append(steps, address[start:])
	}
	return steps
}

func parentModule(address string) string {
	steps := moduleSteps(address)
	if len(steps) == 0 {
		return ""
	}
	return strings.Join(steps[:len(steps)-1], ".")
}

func joinAddress(module, rest string) string {
	if module == "" {
		return rest
	}
	return module + "." + rest
}

// blockAddress is an address without any instance keys.
func blockAddress(address string) string { return strings.Join(splitAddress(address), ".") }

// addressKeys is the keys of an address, "" where a step has none.
func addressKeys(address string) []string {
	var keys []string
	rest := address
	for rest != "" {
		i := strings.IndexAny(rest, ".[")
		if i < 0 {
			break
		}
		if rest[i] == '.' {
			keys, rest = append(keys, ""), rest[i+1:]
			continue
		}
		key, after := cutKey(rest[i:])
		if key == "" {
			break
		}
		keys = append(keys, key)
		rest = strings.TrimPrefix(after, ".")
	}
	return keys
}

func compatible(pattern, keys []string) bool {
	for len(pattern) > len(keys) {
		keys = append(keys[:len(keys):len(keys)], "")
	}
	for i, k := range keys {
		p := ""
		if i < len(pattern) {
			p = pattern[i]
		}
		if p != k && p != "[?]" {
			return false
		}
	}
	return true
}

// lessAddress orders addresses as text, but runs of digits as numbers.
func lessAddress(a, b string) bool {
	for a != "" && b != "" {
		x, y := leadingDigits(a), leadingDigits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if m != n {
				return len(m) < len(n) || len(m) == len(n) && m < n
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return a[0] < b[0]
		}
		a, b = a[1:], b[1:]
	}
	return len(a) < len(b)
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
