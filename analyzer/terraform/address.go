package terraform

import "strings"

// Resource is the instance with this address, or nil. Only its type is
// evaluated.
func (r *Root) Resource(address string) *Resource {
	mode, typ, ok := addressType(address)
	if !ok {
		return nil
	}
	for _, res := range r.loader.resources(mode, []string{typ}) {
		if res.Address == address {
			return res
		}
	}
	return nil
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
