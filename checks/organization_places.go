package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// place is where accounts are or will be: an account, or a node of the tree
// for the accounts that are created in it later.
type place struct {
	node *identity.Node
	// accounts is, of a unit that stands for all below it, their number.
	accounts int
}

func (p place) isAccount() bool { return p.node.Kind == identity.Account }

func (p place) String() string {
	switch {
	case p.isAccount():
		return fmt.Sprintf("the account '%s'", p.node.Name)
	case p.node.Kind == identity.OrganizationRoot:
		return "accounts directly in the root"
	case p.accounts > 0:
		return fmt.Sprintf("the unit '%s' with its %d accounts", p.node.Name, p.accounts)
	}
	return fmt.Sprintf("the unit '%s'", p.node.Name)
}

// resource is where the place is declared; nil where it is not.
func (p place) resource() *terraform.Resource {
	if p.node.Kind == identity.OrganizationRoot || p.node.Resource == nil {
		return nil
	}
	return p.node.Resource
}

// exists says whether the place is there at all, which count may decide.
func (p place) exists(o *identity.Organization) (why []value.Reason, exists value.Tri) {
	exists = value.Yes
	if o.Resource != nil && o.Resource.Exists != value.Yes {
		exists, why = o.Resource.Exists, o.Resource.Why
	}
	for n := p.node; n != nil; n = n.Parent {
		if n.Exists() != value.Yes {
			exists, why = exists.And(n.Exists()), append(why, n.Resource.Why...)
		}
	}
	return why, exists
}

// places are the root, where an account can be created at any time, the
// accounts of an organization, and its units without accounts. Accounts of
// GovCloud are none: they have no root user.
func places(o *identity.Organization, s *settings.Settings) []place {
	out := []place{{node: o.Root}}
	if len(o.Root.Children) == 0 {
		return out
	}
	for _, n := range o.Root.Leaves() {
		if !s.GovCloud(n.ID, "") {
			out = append(out, place{node: n})
		}
	}
	return out
}

// gathered are the places in as few words as will do: a unit for all that is
// below it, where all of that is among them.
func gathered(o *identity.Organization, list []place) []place {
	among := map[*identity.Node]bool{}
	for _, p := range list {
		among[p.node] = true
	}
	var out []place
	if among[o.Root] {
		out = append(out, place{node: o.Root})
	}
	for _, n := range o.Root.Children {
		below, _, _ := gather(n, among)
		out = append(out, below...)
	}
	return out
}

func gather(n *identity.Node, among map[*identity.Node]bool) (out []place, all bool, accounts int) {
	if n.Kind == identity.Account || len(n.Children) == 0 {
		if !among[n] {
			return nil, false, 0
		}
		if n.Kind == identity.Account {
			accounts = 1
		}
		return []place{{node: n}}, true, accounts
	}
	all = true
	for _, c := range n.Children {
		below, whole, count := gather(c, among)
		out, all, accounts = append(out, below...), all && whole, accounts+count
	}
	if all && accounts > 1 {
		return []place{{node: n, accounts: accounts}}, true, accounts
	}
	return out, all, accounts
}

// listPlaces names a few places, and how many more there are.
func listPlaces(list []place) string {
	var names []string
	for i, p := range list {
		if i == 8 && len(list) > 9 {
			names = append(names, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		name := p.String()
		if r := p.resource(); r != nil {
			name += " (" + r.Address + ")"
		}
		names = append(names, name)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// related points at the places that something does not cover.
func related(list []place) []analyzer.Related {
	var out []analyzer.Related
	for _, p := range list {
		if r := p.resource(); r != nil && len(out) < 20 {
			out = append(out, analyzer.Related{Message: p.String() + " is not covered", Span: r.Header, Address: r.Address})
		}
	}
	return out
}

// placesOf are the places of outcomes.
func placesOf[R any](list []outcome[R]) []place {
	var out []place
	for _, o := range list {
		out = append(out, o.place)
	}
	return out
}
