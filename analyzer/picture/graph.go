// Package picture shows who can become whom and what binds an organization: as
// data for programs, as text, for Graphviz and Mermaid, as SVG, and as a page of HTML.
package picture

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/graph"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Graph is a graph as people and programs see it; as JSON it is a contract.
type Graph struct {
	Schema int         `json:"schemaVersion"`
	Nodes  []GraphNode `json:"nodes"`
	Edges  []GraphEdge `json:"edges"`
	// Paths are left out where nobody asked for any.
	Paths *[]GraphPath `json:"paths,omitempty"`
	// More says that there are further paths.
	More bool `json:"more,omitempty"`
}

// GraphNode is somebody.
type GraphNode struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	Address  string    `json:"address,omitempty"`
	Root     string    `json:"root,omitempty"`
	Account  string    `json:"account,omitempty"`
	Location *Location `json:"location,omitempty"`
	// Groups are ids of those that a user is in.
	Groups []string `json:"groups"`
	// Unseen are policies of it that the scan does not show, or not wholly.
	Unseen []string `json:"unseen"`
}

// Location is a line of a file.
type Location struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// GraphEdge says that From can become To.
type GraphEdge struct {
	ID      int    `json:"id"` // its place among the edges
	From    string `json:"from"`
	To      string `json:"to"`
	Verdict string `json:"verdict"`
	Action  string `json:"action"`
	// Conditions are in words.
	Conditions []string `json:"conditions"`
	// SessionName says how the name of the session is tied to who it is.
	SessionName string `json:"sessionName"`
	// MFA is required, not required, or unknown.
	MFA string `json:"mfa"`
	// Permission lets the caller ask, where a policy of his has to.
	Permission *GraphPermission `json:"permission,omitempty"`
	Statements []GraphStatement `json:"statements"`
	// Request gets through, or may; left out where nothing is known of who asks.
	Request *GraphRequest `json:"request,omitempty"`
	Needs   []string      `json:"needs"`
}

// GraphPermission is a policy of a caller.
type GraphPermission struct {
	Name     string    `json:"name"`
	Location *Location `json:"location,omitempty"`
}

// GraphStatement is a statement of a trust policy.
type GraphStatement struct {
	Number   int       `json:"number"` // from 1
	Sid      string    `json:"sid,omitempty"`
	Location *Location `json:"location,omitempty"`
}

// GraphRequest is a request that shows an edge.
type GraphRequest struct {
	Principal string            `json:"principal"`
	Action    string            `json:"action"`
	Resource  string            `json:"resource,omitempty"`
	Context   map[string]string `json:"context"`
	Absent    []string          `json:"absent"`
}

// GraphPath is a path of edges.
type GraphPath struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Verdict string `json:"verdict"`
	Edges   []int  `json:"edges"` // by their ids
}

// Viewer says how a view is written.
type Viewer struct {
	Base  string              // that paths are relative to
	Clean func(string) string // takes sensitive values out
	// Mend says what to do about a defect of a policy that is to stop root without MFA, or
	// from other networks; nil where nobody asks.
	Mend func(defect string, networks bool) string
}

func (v Viewer) location(s source.Span) *Location {
	if s.IsZero() {
		return nil
	}
	return &Location{File: report.Relative(v.Base, s.File.Name), Line: s.StartPos().Line}
}

func (v Viewer) needs(why []value.Reason) []string {
	out := []string{}
	for _, r := range why {
		if text := v.Clean(report.ReasonText(r, v.Base)); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// Graph is the view of a graph.
func (v Viewer) Graph(g *graph.Graph) *Graph {
	out := &Graph{Schema: report.SchemaVersion, Nodes: []GraphNode{}, Edges: []GraphEdge{}}
	for _, n := range g.Nodes {
		out.Nodes = append(out.Nodes, v.node(n))
	}
	for i, e := range g.Edges {
		out.Edges = append(out.Edges, v.edge(i, e))
	}
	return out
}

// Part is the view of the paths alone, with the nodes and edges on them.
func (v Viewer) Part(g *graph.Graph, paths []graph.Path, more bool) *Graph {
	out := &Graph{Schema: report.SchemaVersion, Nodes: []GraphNode{}, Edges: []GraphEdge{}, Paths: &[]GraphPath{}, More: more}
	edges, nodes := map[*graph.Edge]bool{}, map[*graph.Node]bool{}
	for _, p := range paths {
		for _, e := range p {
			edges[e], nodes[e.From], nodes[e.To] = true, true, true
			for _, group := range slices.Concat(e.From.Groups, e.To.Groups) {
				nodes[group] = true
			}
		}
	}
	for _, n := range g.Nodes {
		if nodes[n] {
			out.Nodes = append(out.Nodes, v.node(n))
		}
	}
	ids := map[*graph.Edge]int{}
	for _, e := range g.Edges {
		if edges[e] {
			ids[e] = len(out.Edges)
			out.Edges = append(out.Edges, v.edge(len(out.Edges), e))
		}
	}
	for _, p := range paths {
		path := GraphPath{From: p.From().ID, To: p.To().ID, Verdict: p.Verdict().String()}
		for _, e := range p {
			path.Edges = append(path.Edges, ids[e])
		}
		*out.Paths = append(*out.Paths, path)
	}
	return out
}

func (v Viewer) node(n *graph.Node) GraphNode {
	out := GraphNode{ID: v.Clean(n.ID), Kind: string(n.Kind), Name: v.Clean(n.Name), Account: n.Account, Groups: []string{}, Unseen: []string{}}
	if r := n.Resource; r != nil {
		out.Address, out.Location = r.Address, v.location(r.Place())
		if r.Root != nil {
			out.Root = report.Relative(v.Base, r.Root.Dir)
		}
	}
	for _, g := range n.Groups {
		out.Groups = append(out.Groups, v.Clean(g.ID))
	}
	for _, name := range n.Unseen {
		out.Unseen = append(out.Unseen, v.Clean(name))
	}
	return out
}

// mfaWords say whether MFA is needed.
var mfaWords = map[value.Tri]string{value.Yes: "required", value.No: "not required", value.Maybe: "unknown"}

func (v Viewer) edge(id int, e *graph.Edge) GraphEdge {
	out := GraphEdge{
		ID: id, From: v.Clean(e.From.ID), To: v.Clean(e.To.ID), Verdict: e.Verdict.String(), Action: e.Action,
		Conditions: []string{}, SessionName: e.Tie.String(), MFA: mfaWords[e.MFA],
		Statements: []GraphStatement{}, Needs: v.needs(e.Needs),
	}
	for _, c := range e.Conditions {
		out.Conditions = append(out.Conditions, v.Clean(c))
	}
	if e.Permission != "" {
		out.Permission = &GraphPermission{Name: v.Clean(e.Permission), Location: v.location(e.PermissionAt)}
	}
	for _, s := range e.Statements {
		out.Statements = append(out.Statements, v.statement(s, e))
	}
	if e.Witness != nil {
		out.Request = v.request(e.Witness)
	}
	return out
}

func (v Viewer) statement(s *policy.Statement, e *graph.Edge) GraphStatement {
	at := s.Span()
	if at.IsZero() && e.To.Resource != nil {
		at = e.To.Resource.Place()
	}
	return GraphStatement{Number: s.Index + 1, Sid: v.Clean(s.Sid), Location: v.location(at)}
}

func (v Viewer) request(w *proof.Witness) *GraphRequest {
	out := &GraphRequest{Action: w.Action, Principal: v.Clean(w.Principal), Resource: v.Clean(w.Resource), Context: map[string]string{}, Absent: []string{}}
	if c := w.Request.Caller; out.Principal == "" && c != nil {
		out.Principal = v.Clean(c.Name)
	}
	for key, text := range w.Context {
		out.Context[key] = v.Clean(text)
	}
	out.Absent = append(out.Absent, w.Absent...)
	return out
}

// Words are a request in a line.
func (r *GraphRequest) Words() string {
	words := r.Action + " by " + r.Principal
	var with []string
	for _, key := range sortedKeys(r.Context) {
		with = append(with, key+"="+r.Context[key])
	}
	if len(with) > 0 {
		words += ", with " + strings.Join(with, ", ")
	}
	if len(r.Absent) > 0 {
		words += ", without " + strings.Join(r.Absent, ", ")
	}
	return words
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
