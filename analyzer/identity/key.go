package identity

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// Key is what an organization is made of. Where a model that was built again has
// an organization with the key of one before, it is the same, and all that a
// check finds out about it is.
func (m *Model) Key(o *Organization) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.keys[o]; known != "" {
		return known
	}
	k := key{m: m}
	k.resource(o.Resource)
	k.resource(o.Features)
	k.resource(o.Delegated)
	k.node(o.Root)
	for _, p := range o.Policies {
		k.resource(p.Resource)
		k.attachments(p.Attachments)
	}
	k.attachments(o.Unplaced)
	k.attachments(o.Management)
	for _, u := range o.Unread {
		k.text(u.Address)
	}
	watched, why := m.watchedRoot()
	k.text(watched, why)
	for _, p := range m.OrganizationPolicies { // of any: what AWS refuses is told beside each
		if p.TooLong() {
			k.resource(p.Resource)
		}
	}
	if m.keys == nil {
		m.keys = map[*Organization]string{}
	}
	m.keys[o] = k.b.String()
	return m.keys[o]
}

type key struct {
	m *Model
	b strings.Builder
}

func (k *key) text(parts ...any) { fmt.Fprintln(&k.b, parts...) }

func (k *key) resource(r *terraform.Resource) {
	if r == nil {
		k.b.WriteString("-\n")
		return
	}
	k.b.WriteString(r.Root.ID())
	k.b.WriteByte('\x00')
	k.b.WriteString(r.Address)
	if r.Mode == addrs.Data {
		k.b.WriteString(" data")
	}
	if k.m.changed != nil && k.m.changed(r) {
		k.b.WriteString(" changed")
	}
	k.b.WriteByte('\n')
}

func (k *key) node(n *Node) {
	k.b.WriteByte("rua"[n.Kind])
	if n.ParentUnknown {
		k.b.WriteByte('?')
	}
	k.b.WriteString(n.ID)
	k.b.WriteByte(' ')
	k.resource(n.Resource)
	k.attachments(n.Attachments)
	k.b.WriteByte('(')
	for _, c := range n.Children {
		k.node(c)
	}
	k.b.WriteByte(')')
}

func (k *key) attachments(list []*Attachment) {
	k.b.WriteByte('[')
	for _, a := range list {
		k.resource(a.Resource)
		if a.Policy == nil {
			k.b.WriteByte('?')
		} else {
			k.resource(a.Policy.Resource)
		}
	}
	k.b.WriteByte(']')
}
