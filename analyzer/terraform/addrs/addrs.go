// Package addrs knows how Terraform writes the addresses of modules, resources
// and their instances: module.ci["eu"].data.aws_iam_policy_document.x[0].
//
// They are plain strings everywhere else. Plans, states, references and what
// people type are compared as text, so that text has to be Terraform's own, key
// by key: https://developer.hashicorp.com/terraform/cli/state/resource-addressing
package addrs

import "strings"

// Mode tells resources from data sources.
type Mode int8

// The modes of a resource block.
const (
	Managed Mode = iota
	Data
)

// Resource is the address of a resource or data block within its module, without
// instance keys.
type Resource struct {
	Mode Mode
	Type string
	Name string
}

// String is the address as references write it, data sources with data. in front.
func (k Resource) String() string {
	if k.Mode == Data {
		return "data." + k.Type + "." + k.Name
	}
	return k.Type + "." + k.Name
}

// TypeOf is the resource type of an instance address; "" of what is none.
func TypeOf(address string) string {
	_, typ, _ := ModeAndType(address)
	return typ
}

// ModeAndType takes the mode and type out of an instance address such as
// module.a["k"].data.aws_iam_policy_document.x[0].
func ModeAndType(address string) (Mode, string, bool) {
	steps := Split(address)
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

// Split gives the names of an address without instance keys; dots in
// quoted keys separate nothing.
func Split(address string) []string {
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

// WithoutKey is an address without the key at its end.
func WithoutKey(address string) string {
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

// CutKey splits an index at the front of a reference from the rest.
func CutKey(s string) (key, rest string) {
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

// QuoteKey writes a key as Terraform does in addresses.
func QuoteKey(key string) string {
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

// ModuleCalls splits a module address into its calls: module.a, module.b["k"].
func ModuleCalls(address string) []string {
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

// Caller is the module that calls the module of that address; "" is the root.
func Caller(address string) string {
	steps := ModuleCalls(address)
	if len(steps) == 0 {
		return ""
	}
	return strings.Join(steps[:len(steps)-1], ".")
}

// Join is the address of what a module has, from the root; module may be "".
func Join(module, rest string) string {
	if module == "" {
		return rest
	}
	return module + "." + rest
}

// Block is an address without any instance keys.
func Block(address string) string { return strings.Join(Split(address), ".") }

// Keys is the keys of an address, "" where a step has none.
func Keys(address string) []string {
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
		key, after := CutKey(rest[i:])
		if key == "" {
			break
		}
		keys = append(keys, key)
		rest = strings.TrimPrefix(after, ".")
	}
	return keys
}

// Compatible says that the keys of one address may be those of another: where
// pattern has "[?]", an instance whose key is not known, any key does.
func Compatible(pattern, keys []string) bool {
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

// Less orders addresses as text, but runs of digits as numbers.
func Less(a, b string) bool {
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
