package organization

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Place is where accounts are or will be: an account, or a node of the tree
// for the accounts that are created in it later.
type Place struct {
	Node *identity.Node
	// accounts is, of a unit that stands for all below it, their number.
	accounts int
}

// IsAccount says that the place is an account that is there, and not those to come.
func (p Place) IsAccount() bool { return p.Node.Kind == identity.Account }

func (p Place) String() string {
	switch {
	case p.IsAccount():
		return fmt.Sprintf("the account '%s'", p.Node.Name)
	case p.Node.Kind == identity.OrganizationRoot:
		return "accounts directly in the root"
	case p.accounts > 0:
		return fmt.Sprintf("the unit '%s' with its %d accounts", p.Node.Name, p.accounts)
	}
	return fmt.Sprintf("the unit '%s'", p.Node.Name)
}

// Resource is where the place is declared; nil where it is not.
func (p Place) Resource() *terraform.Resource {
	if p.Node.Kind == identity.OrganizationRoot || p.Node.Resource == nil {
		return nil
	}
	return p.Node.Resource
}

// exists says whether the place is there at all, which count may decide.
func (p Place) exists(o *identity.Organization) (why []value.Reason, exists value.Tri) {
	exists = value.Yes
	if o.Resource != nil && o.Resource.Exists != value.Yes {
		exists, why = o.Resource.Exists, o.Resource.Why
	}
	for n := p.Node; n != nil; n = n.Parent {
		if n.Exists() != value.Yes {
			exists, why = exists.And(n.Exists()), append(why, n.Resource.Why...)
		}
	}
	return why, exists
}

// placesOf are the root, where an account can be created at any time, the
// accounts of an organization, and its units without accounts. Accounts that have
// no root user are none: everything that is asked of places is about root.
func placesOf(o *identity.Organization, rootless func(account string) bool) []Place {
	out := []Place{{Node: o.Root}}
	if len(o.Root.Children) == 0 {
		return out
	}
	for _, n := range o.Root.Leaves() {
		if rootless == nil || !rootless(n.ID) {
			out = append(out, Place{Node: n})
		}
	}
	return out
}

// Gathered are the places in as few words as will do: a unit for all that is
// below it, where all of that is among them.
func Gathered(o *identity.Organization, list []Place) []Place {
	among := map[*identity.Node]bool{}
	for _, p := range list {
		among[p.Node] = true
	}
	var out []Place
	if among[o.Root] {
		out = append(out, Place{Node: o.Root})
	}
	for _, n := range o.Root.Children {
		below, _, _ := gather(n, among)
		out = append(out, below...)
	}
	return out
}

func gather(n *identity.Node, among map[*identity.Node]bool) (out []Place, all bool, accounts int) {
	if n.Kind == identity.Account || len(n.Children) == 0 {
		if !among[n] {
			return nil, false, 0
		}
		if n.Kind == identity.Account {
			accounts = 1
		}
		return []Place{{Node: n}}, true, accounts
	}
	all = true
	for _, c := range n.Children {
		below, whole, count := gather(c, among)
		out, all, accounts = append(out, below...), all && whole, accounts+count
	}
	if all && accounts > 1 {
		return []Place{{Node: n, accounts: accounts}}, true, accounts
	}
	return out, all, accounts
}

// InWords names a few places, and how many more there are.
func InWords(list []Place) string {
	var names []string
	for i, p := range list {
		if i == 8 && len(list) > 9 {
			names = append(names, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		name := p.String()
		if r := p.Resource(); r != nil {
			name += " (" + r.Address + ")"
		}
		names = append(names, name)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
