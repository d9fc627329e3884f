package picture

import (
	"fmt"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer/report"
)

// sessionWords are the ties of session names in words; of the rest there is nothing
// to say.
var sessionWords = map[string]string{
	"bound":           "the session's name says who it is",
	"source-identity": "any session name, with a source identity that says who it is",
	"constant":        "under one session name",
	"free":            "under any session name",
	"unknown":         "whether the session's name says who it is, is not known",
}

// Facts are what there is to say of an edge, beside who and whom: a line each.
func (e *GraphEdge) Facts() []string {
	var out []string
	add := func(text string) {
		if text != "" {
			out = append(out, text)
		}
	}
	for _, c := range e.Conditions {
		add(c)
	}
	if e.MFA == "required" && !strings.Contains(strings.Join(e.Conditions, " "), "with MFA") {
		add("MFA is needed")
	}
	if e.Request != nil && (e.Verdict != "unknown" && e.SessionName != "unknown" || e.Verdict == "certain") {
		add(sessionWords[e.SessionName])
	}
	if e.Permission != nil {
		add("by " + e.Permission.Name + at(e.Permission.Location))
	}
	return out
}

func at(l *Location) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", l.File, l.Line)
}

// index finds nodes by their ids.
func (g *Graph) index() map[string]*GraphNode {
	out := map[string]*GraphNode{}
	for i := range g.Nodes {
		out[g.Nodes[i].ID] = &g.Nodes[i]
	}
	return out
}

// Text writes the paths, or where nobody asked for any, for each role who can become it.
func (g *Graph) Text(w io.Writer, paint func(verdict, text string) string) {
	nodes := g.index()
	if g.Paths != nil {
		g.pathsText(w, nodes, paint)
		return
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if i == 0 || g.Edges[i-1].To != e.To {
			if i > 0 {
				fmt.Fprintln(w)
			}
			to := nodes[e.To]
			fmt.Fprintln(w, report.Clean(to.label()+at(to.Location)))
		}
		g.edgeText(w, "  ", e, nodes[e.From], paint)
	}
}

// label is a node as text names it: with its root where that is not the scan's own.
func (n *GraphNode) label() string {
	if n.Root != "" && n.Root != "." {
		return n.Name + " in " + n.Root
	}
	return n.Name
}

func (g *Graph) edgeText(w io.Writer, indent string, e *GraphEdge, who *GraphNode, paint func(verdict, text string) string) {
	label := who.label()
	if strings.HasSuffix(e.Action, "Identity") || strings.HasSuffix(e.Action, "SAML") {
		label += " by " + e.Action
	}
	fmt.Fprintf(w, "%s%s  %s\n", indent, paint(e.Verdict, fmt.Sprintf("%-8s", e.Verdict)), report.Clean(label))
	inner := indent + "          "
	for _, fact := range e.Facts() {
		fmt.Fprintln(w, inner+report.Clean(fact))
	}
	for _, need := range e.Needs {
		fmt.Fprintln(w, inner+"depends on  "+report.Clean(need))
	}
}

func (g *Graph) pathsText(w io.Writer, nodes map[string]*GraphNode, paint func(verdict, text string) string) {
	for i, p := range *g.Paths {
		if i > 0 {
			fmt.Fprintln(w)
		}
		var names []string
		names = append(names, nodes[p.From].label())
		for _, id := range p.Edges {
			names = append(names, nodes[g.Edges[id].To].label())
		}
		fmt.Fprintf(w, "%s  %s\n", paint(p.Verdict, fmt.Sprintf("%-8s", p.Verdict)), report.Clean(strings.Join(names, " → ")))
		for step, id := range p.Edges {
			e := &g.Edges[id]
			head := "          "
			if len(p.Edges) > 1 {
				head = fmt.Sprintf("       %d. ", step+1)
			}
			if e.Request != nil {
				fmt.Fprintln(w, head+report.Clean(e.Request.Words()))
			} else {
				fmt.Fprintln(w, head+report.Clean(e.Action+" by "+nodes[e.From].label()))
			}
			where := ""
			if len(e.Statements) > 0 {
				where = fmt.Sprintf("statement %d%s", e.Statements[0].Number, at(e.Statements[0].Location))
			}
			for _, line := range append(e.Facts(), where) {
				if line != "" {
					fmt.Fprintln(w, "          "+report.Clean(line))
				}
			}
			for _, need := range e.Needs {
				fmt.Fprintln(w, "          depends on  "+report.Clean(need))
			}
		}
	}
	if g.More {
		fmt.Fprintf(w, "\nThere are more than these %d paths: --to, --from and --depth narrow them down.\n", len(*g.Paths))
	}
}
