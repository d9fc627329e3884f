// Package graph says who can become whom: its nodes are users, groups, roles, services,
// identity providers, accounts and anyone, and an edge is a trust policy that a real
// request gets past, as package proof found it. Paths are several of them in a row.
package graph

import (
	"cmp"
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Kind is what a node is.
type Kind string

// The kinds of nodes.
const (
	Anyone   Kind = "anyone"   // principals of accounts that nobody named
	Account  Kind = "account"  // everybody of an account whom its own policies let
	Provider Kind = "provider" // of identities
	Service  Kind = "service"  // of AWS
	User     Kind = "user"
	Group    Kind = "group"
	Role     Kind = "role"
	Unknown  Kind = "unknown" // a principal of whom too little is known
)

// kindOrder is how nodes are listed.
var kindOrder = []Kind{Anyone, Unknown, Account, Provider, Service, Group, User, Role}

// Node is somebody.
type Node struct {
	// ID is its own, and the same for the same input: kind:name.
	ID   string
	Kind Kind
	Name string // for people
	// Resource declares it; nil where nothing in the scan does.
	Resource *terraform.Resource
	// Account is known to be its own; "" when it is not known or has none.
	Account string
	// Groups are those that a user is in.
	Groups []*Node
	// Unseen are policies that bind it and that the scan does not show, or not wholly:
	// what they allow is counted for nobody. The edge from its account stands for it.
	Unseen []string

	// accountKey tells accounts apart, also those that are not known.
	accountKey string
	who        proof.Who
	documents  []permission
	boundary   *policy.Document
}

// permission is a policy of a node, as far as it is seen.
type permission struct {
	name string
	at   source.Span
	doc  *policy.Document
}

// Verdict says how sure an edge is. The zero Verdict is Uncertain.
type Verdict int8

// The verdicts.
const (
	// Uncertain: whether the trust policy lets the request in depends on what is not known.
	Uncertain Verdict = iota
	// Possible: it does, and whether the caller can make the request, or is there at
	// all, is not known.
	Possible
	// Certain: the request gets through whatever is not known.
	Certain
)

func (v Verdict) String() string { return [...]string{"unknown", "possible", "certain"}[v] }

// Edge says that one node can become another.
type Edge struct {
	From, To *Node
	Verdict  Verdict
	Action   string
	// Statements are those of the trust policy that let the request in, or may.
	Statements []*policy.Statement
	// Conditions are what else the trust policy asks for, in words.
	Conditions []string
	// Witness is the request; nil where nothing is known of who asks.
	Witness *proof.Witness
	// MFA says that nobody gets through without.
	MFA value.Tri
	// Tie is how the name of the session is tied to the caller.
	Tie proof.Tie
	// Permission is the policy that lets the caller ask; "" where none has to, or
	// it is not of the code.
	Permission   string
	PermissionAt source.Span
	// Needs would decide an edge that is not certain.
	Needs []value.Reason

	// trust and granted are what the witness was decided by.
	trust   *policy.Document
	granted []*policy.Document
}

// Graph is all of them. Nodes and edges are in an order of their own.
type Graph struct {
	Nodes []*Node
	Edges []*Edge

	in, out map[*Node][]*Edge
}

// In are the edges to a node, and Out those from it.
func (g *Graph) In(n *Node) []*Edge { return g.in[n] }

// Out are the edges from a node.
func (g *Graph) Out(n *Node) []*Edge { return g.out[n] }

// Members are the users of a group.
func (g *Graph) Members(group *Node) []*Node {
	var out []*Node
	for _, n := range g.Nodes {
		if slices.Contains(n.Groups, group) {
			out = append(out, n)
		}
	}
	return out
}

// arrange puts nodes and edges in order, and leaves out who has nothing to do with a
// role.
func (g *Graph) arrange() {
	slices.SortFunc(g.Nodes, compare)
	slices.SortStableFunc(g.Edges, func(a, b *Edge) int {
		return cmp.Or(compare(a.To, b.To), compare(a.From, b.From), cmp.Compare(a.Action, b.Action))
	})
	g.in, g.out = map[*Node][]*Edge{}, map[*Node][]*Edge{}
	for _, e := range g.Edges {
		g.in[e.To] = append(g.in[e.To], e)
		g.out[e.From] = append(g.out[e.From], e)
	}
}

func compare(a, b *Node) int {
	return cmp.Or(
		cmp.Compare(slices.Index(kindOrder, a.Kind), slices.Index(kindOrder, b.Kind)),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID),
	)
}
