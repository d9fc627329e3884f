package picture

import (
	"fmt"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer/report"
)

// edgeLabel is an edge in a few words.
func (e *GraphEdge) label() string {
	var out []string
	if e.MFA == "required" {
		out = append(out, "MFA")
	}
	if e.SessionName == "free" && e.Verdict != "unknown" {
		out = append(out, "any session name")
	}
	if len(e.Conditions) > 0 {
		out = append(out, fmt.Sprintf("%d %s", len(e.Conditions), plural(len(e.Conditions), "condition", "conditions")))
	}
	return strings.Join(out, ", ")
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// shapes tell kinds apart without colours.
var shapes = map[string]struct{ dot, mermaid string }{
	"anyone":   {"doubleoctagon", "{{%s}}"},
	"unknown":  {"diamond", "{%s}"},
	"account":  {"house", "[/%s/]"},
	"provider": {"hexagon", "{{%s}}"},
	"service":  {"component", "[[%s]]"},
	"group":    {"folder", "[(%s)]"},
	"user":     {"ellipse", "(%s)"},
	"role":     {"box", "[%s]"},
}

// styles tell verdicts apart without colours.
var styles = map[string]struct{ dot, mermaid string }{
	"certain":  {"solid", "-->"},
	"possible": {"dashed", "-.->"},
	"unknown":  {"dotted", "-.-o"},
}

// Dot writes the graph for Graphviz.
func (g *Graph) Dot(w io.Writer) {
	fmt.Fprint(w, "digraph trust {\n  rankdir=LR\n  node [fontname=\"sans-serif\"]\n  edge [fontname=\"sans-serif\", fontsize=10]\n")
	ids := g.connected(func(i int, n *GraphNode) {
		fmt.Fprintf(w, "  n%d [label=%s, shape=%s]\n", i, Quoted(n.label()), shapes[n.Kind].dot)
	})
	for i := range g.Edges {
		e := &g.Edges[i]
		fmt.Fprintf(w, "  n%d -> n%d [style=%s, label=%s]\n", ids[e.From], ids[e.To], styles[e.Verdict].dot, Quoted(e.label()))
	}
	g.memberships(ids, func(user, group int) {
		fmt.Fprintf(w, "  n%d -> n%d [arrowhead=none, style=dotted, label=\"member\"]\n", user, group)
	})
	fmt.Fprintln(w, "}")
}

// Quoted is a string of Graphviz.
func Quoted(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(report.Clean(s))
	return `"` + strings.ReplaceAll(s, "\n", `\l`) + `"`
}

// Mermaid writes the graph for Mermaid, which GitHub draws in Markdown.
func (g *Graph) Mermaid(w io.Writer) {
	fmt.Fprintln(w, "flowchart LR")
	ids := g.connected(func(i int, n *GraphNode) {
		fmt.Fprintf(w, "  n%d"+shapes[n.Kind].mermaid+"\n", i, mermaidText(n.label()))
	})
	for i := range g.Edges {
		e := &g.Edges[i]
		label := ""
		if text := e.label(); text != "" {
			label = "|" + mermaidText(text) + "|"
		}
		fmt.Fprintf(w, "  n%d %s%s n%d\n", ids[e.From], styles[e.Verdict].mermaid, label, ids[e.To])
	}
	g.memberships(ids, func(user, group int) {
		fmt.Fprintf(w, "  n%d -.- |member| n%d\n", user, group)
	})
}

// mermaidText is a quoted text: an entity stands for what ends one, or begins a tag.
func mermaidText(s string) string {
	return `"` + strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "\n", " ", "`", "#96;").Replace(report.Clean(s)) + `"`
}

// connected calls f for the nodes that have an edge, or members that have, with their
// numbers.
func (g *Graph) connected(f func(i int, n *GraphNode)) map[string]int {
	used := map[string]bool{}
	for _, e := range g.Edges {
		used[e.From], used[e.To] = true, true
	}
	for _, n := range g.Nodes {
		if used[n.ID] {
			for _, group := range n.Groups {
				used[group] = true
			}
		}
	}
	ids := map[string]int{}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; used[n.ID] {
			ids[n.ID] = len(ids)
			f(ids[n.ID], n)
		}
	}
	return ids
}

// memberships calls f for the groups of the nodes that are drawn.
func (g *Graph) memberships(ids map[string]int, f func(user, group int)) {
	for _, n := range g.Nodes {
		user, drawn := ids[n.ID]
		for _, group := range n.Groups {
			if at, ok := ids[group]; ok && drawn {
				f(user, at)
			}
		}
	}
}
