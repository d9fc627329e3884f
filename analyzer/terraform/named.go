package terraform

import (
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// NameKind is what sort of name a configuration gives to a value.
type NameKind string

// The kinds of names, as references begin; an output has none in its module.
const (
	Variable NameKind = "var"
	Local    NameKind = "local"
	Output   NameKind = "output"
)

// Named is a value that a module gives a name to.
type Named struct {
	Module  string // module.team["data"]; "" is the root module
	Address string // var.x, module.team["data"].local.y, output.z of the root, module.team["data"].z
	Kind    NameKind
	Header  source.Span // where the name is declared
	Value   *value.Value
}

// Named are the values of that name, one for each instance of a module that
// declares it, as what policies are made of sees them. A plan or state alone has
// none.
func (r *Root) Named(kind NameKind, name string) []Named {
	switch l := r.loader.(type) {
	case *evaluator:
		return l.named(kind, name)
	case *overlaid:
		return l.config.Named(kind, name)
	}
	return nil
}

func (ev *evaluator) named(kind NameKind, name string) (out []Named) {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	ev.top.walk(func(m *moduleInstance) {
		if m.mod == nil {
			return
		}
		n := Named{Module: m.address, Kind: kind, Address: addrs.Join(m.address, string(kind)+"."+name)}
		switch kind {
		case Variable:
			if b := m.mod.Variables[name]; b != nil {
				n.Header = b.Header
				n.Value, _ = m.variable(name, ev.cautious)
			}
		case Local:
			if a := m.mod.Locals[name]; a != nil {
				n.Header, n.Value = a.NameSpan, m.local(name, ev.cautious)
			}
		case Output:
			if b := m.mod.Outputs[name]; b != nil {
				n.Header, n.Value = b.Header, m.output(b, name, ev.cautious)
			}
			if m.address != "" {
				n.Address = m.address + "." + name
			}
		}
		if n.Value == nil {
			return
		}
		if via := n.Value.Via; via != nil && via.Name == string(kind)+"."+name { // the name it is asked for by
			own := *n.Value
			own.Via = via.Next
			n.Value = &own
		}
		out = append(out, n)
	})
	return out
}
