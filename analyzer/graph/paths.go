package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Path is how somebody gets somewhere: the edges of it, each from where the one
// before ends. No node is on it twice.
type Path []*Edge

// Verdict is that of its least certain edge.
func (p Path) Verdict() Verdict {
	out := Certain
	for _, e := range p {
		out = min(out, e.Verdict)
	}
	return out
}

// From is who is at its beginning.
func (p Path) From() *Node { return p[0].From }

// To is the role at its end.
func (p Path) To() *Node { return p[len(p)-1].To }

// Question says which paths are wanted.
type Question struct {
	// To are the roles that they end at, and From who they begin with; nil is any. A
	// group stands for its members.
	To, From []*Node
	// Depth is how many edges one has at most.
	Depth int
	// Most is how many are looked for: more says that there are.
	Most int
}

// Paths answers a question: the shorter first, then in the order of nodes. more says
// that there are further ones.
func (g *Graph) Paths(q Question) (paths []Path, more bool) {
	from := map[*Node]bool{}
	for _, n := range q.From {
		from[n] = true
		if n.Kind == Group {
			for _, m := range g.Members(n) {
				from[m] = true
			}
		}
	}
	// Paths grow at the end that is given: from a principal onwards, else back from a role.
	ends := q.To
	if ends == nil {
		for _, n := range g.Nodes {
			if len(g.in[n]) > 0 {
				ends = append(ends, n)
			}
		}
	}
	wanted := map[*Node]bool{}
	for _, n := range ends {
		wanted[n] = true
	}
	forward := len(from) > 0
	begun := ends
	next := g.in
	if forward {
		begun = slices.SortedFunc(keysOf(from), compare)
		next = g.out
	}
	type walk struct {
		path Path
		at   *Node
	}
	level := make([]walk, 0, len(begun))
	for _, n := range begun {
		level = append(level, walk{nil, n})
	}
	for d := 0; d < q.Depth && len(level) > 0; d++ {
		var longer []walk
		for _, w := range level {
			for _, e := range next[w.at] {
				to := e.From
				if forward {
					to = e.To
				}
				if to == begunAt(w.path, w.at, forward) || slices.ContainsFunc(w.path, func(x *Edge) bool { return x.From == to || x.To == to }) {
					continue
				}
				path := append(w.path[:len(w.path):len(w.path)], e)
				longer = append(longer, walk{path, to})
				if forward && !wanted[to] || !forward && len(q.From) > 0 && !from[to] {
					continue
				}
				if q.Most > 0 && len(paths) == q.Most {
					return inOrder(paths, forward), true
				}
				paths = append(paths, path)
			}
		}
		level = longer
	}
	return inOrder(paths, forward), false
}

// begunAt is where a walk began.
func begunAt(p Path, at *Node, forward bool) *Node {
	switch {
	case len(p) == 0:
		return at
	case forward:
		return p[0].From
	}
	return p[0].To
}

func keysOf(m map[*Node]bool) func(func(*Node) bool) {
	return func(yield func(*Node) bool) {
		for n := range m {
			if !yield(n) {
				return
			}
		}
	}
}

// inOrder turns paths that grew backwards, and sorts them.
func inOrder(paths []Path, forward bool) []Path {
	if !forward {
		for _, p := range paths {
			slices.Reverse(p)
		}
	}
	slices.SortStableFunc(paths, func(a, b Path) int {
		if c := cmp.Or(compare(a.To(), b.To()), cmp.Compare(len(a), len(b)), compare(a.From(), b.From())); c != 0 {
			return c
		}
		for i := range a {
			if c := cmp.Or(compare(a[i].To, b[i].To), cmp.Compare(a[i].Action, b[i].Action)); c != 0 {
				return c
			}
		}
		return 0
	})
	return paths
}

// Find are the nodes that a name means: an id, an address, the name of a role or user,
// an ARN, an account, a service or a provider. It is an error when there is none; several
// may have one name, in several roots.
func (g *Graph) Find(name string) ([]*Node, error) {
	by := []func(*Node) bool{
		func(n *Node) bool { return n.ID == name },
		func(n *Node) bool { return n.Name == name },
		func(n *Node) bool { return n.who.Name == name },
		func(n *Node) bool { return n.Kind == Account && n.Account == name },
		func(n *Node) bool { return n.ARN() == name },
		func(n *Node) bool { return n.Kind == Anyone && name == "*" },
		func(n *Node) bool { return n.Resource != nil && strings.HasSuffix(n.Name, "."+name) },
	}
	for _, is := range by {
		var out []*Node
		for _, n := range g.Nodes {
			if is(n) {
				out = append(out, n)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, fmt.Errorf("no user, group, role, account, service or provider of the graph is called %q", name)
}

// ARN is the node's, where it is known; "" else.
func (n *Node) ARN() string {
	if n.Account == "" || n.who.Name == "" || n.Kind != User && n.Kind != Role {
		return ""
	}
	kind := map[Kind]string{User: "user", Role: "role"}[n.Kind]
	return "arn:" + cmp.Or(n.who.Partition, "aws") + ":iam::" + n.Account + ":" + kind + cmp.Or(n.who.Path, "/") + n.who.Name
}

func itoa(n int) string { return strconv.Itoa(n) }
