package picture

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/report"
)

// Text draws the trees, a line a node.
func (r *Organizations) Text(w io.Writer, colour bool) {
	for i, o := range r.Organizations {
		if i > 0 {
			fmt.Fprintln(w)
		}
		o.text(w, colour)
	}
	if s := r.Settings; s != nil && len(r.Organizations) > 0 {
		fmt.Fprintf(w, "settings        %s (%s)\n", report.Clean(s.File), strings.Join(s.Given, ", "))
	}
}

func (o *Organization) text(w io.Writer, colour bool) {
	title := "an organization that is not declared here"
	if o.Address != "" {
		title = o.Address
		if o.Location != nil {
			title += fmt.Sprintf("  %s:%d", o.Location.File, o.Location.Line)
		}
	}
	fmt.Fprintln(w, report.Clean(title))
	if o.Disabled != "" {
		fmt.Fprintln(w, report.Clean(o.Disabled))
	}
	t := orgTable{rows: []orgRow{{"", "root-mfa", "root-ip-allowlist", "attached here"}}}
	t.add(o.Tree, "", "")
	fmt.Fprintln(w)
	t.write(w, colour)
	fmt.Fprintln(w)
	o.near(w)
	o.notes(w)
}

// near are the near misses: a statement that sets out to keep root from acting and does
// not, with what mends it, once for all the nodes that it is the near miss of.
func (o *Organization) near(w io.Writer) {
	type miss struct{ question, words, mend string }
	nodes := map[miss][]string{}
	var order []miss
	var walk func(*Unit)
	walk = func(n *Unit) {
		for _, d := range []struct {
			question string
			Decision
		}{{"root-mfa", n.RootMFA}, {"root-ip-allowlist", n.Networks}} {
			if d.NearMiss == nil {
				continue
			}
			m := miss{d.question, d.NearMiss.Words, d.NearMiss.Mend}
			if nodes[m] == nil {
				order = append(order, m)
			}
			nodes[m] = append(nodes[m], n.title())
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(o.Tree)
	for _, m := range order {
		text := fmt.Sprintf("near miss       %s in %s: %s", m.question, report.Clean(some(nodes[m])), report.Clean(m.words))
		if m.mend != "" {
			text += "; " + m.mend
		}
		fmt.Fprintln(w, text)
	}
}

// title is a node as text names it.
func (n *Unit) title() string {
	switch n.Kind {
	case "account", "unit":
		return n.Kind + " " + n.Name
	}
	return n.Name
}

// notes are what the tree has no place for.
func (o *Organization) notes(w io.Writer) {
	for _, p := range o.Unattached {
		if p.Attachment != "" {
			fmt.Fprintf(w, "without effect  %s, which %s attaches to the management account\n", report.Clean(p.Address), report.Clean(p.Attachment))
		} else {
			fmt.Fprintf(w, "not attached    %s (%s)\n", report.Clean(p.Name), report.Clean(p.Address))
		}
	}
	for _, a := range o.Unplaced {
		fmt.Fprintf(w, "attached        %s by %s, to what is not known: %s\n", report.Clean(a.Name), report.Clean(a.Attachment), report.Clean(some(a.Needs)))
	}
	for _, u := range o.Unread {
		fmt.Fprintf(w, "not at hand     %s, which may attach policies\n", report.Clean(u))
	}
	if len(o.Features) > 0 {
		fmt.Fprintf(w, "central root    %s\n", report.Clean(strings.Join(o.Features, ", ")))
	}
	if o.Managed {
		fmt.Fprintln(w, "management      no policy binds the management account: its root user needs a hardware key, and no access keys")
	}
}

// some are the first of a list, and how many more there are.
func some(list []string) string {
	if len(list) > 2 {
		list = append(list[:1:1], fmt.Sprintf("and %d more", len(list)-1))
	}
	return strings.Join(list, "; ")
}

type orgRow [4]string

type orgTable struct{ rows []orgRow }

// add adds a node and everything below it. head is what stands before the node
// itself, indent before what is below it.
func (t *orgTable) add(n *Unit, head, indent string) {
	name := n.title()
	if n.Somewhere {
		name += " (somewhere below)"
	}
	var policies []string
	for _, p := range n.Attached {
		text := p.Name
		if p.Type != "SERVICE_CONTROL_POLICY" && p.Type != "" {
			text += " (" + strings.ToLower(strings.ReplaceAll(p.Type, "_", " ")) + ")"
		}
		if !p.Certain {
			text += "?"
		}
		policies = append(policies, text)
	}
	t.rows = append(t.rows, orgRow{head + report.Clean(name), n.RootMFA.Class, n.Networks.Class, report.Clean(strings.Join(policies, ", "))})
	for i, c := range n.Children {
		if i == len(n.Children)-1 {
			t.add(c, indent+"└── ", indent+"    ")
		} else {
			t.add(c, indent+"├── ", indent+"│   ")
		}
	}
}

func (t *orgTable) write(w io.Writer, colour bool) {
	var width [3]int
	for _, r := range t.rows {
		for i := range width {
			width[i] = max(width[i], utf8.RuneCountInString(r[i]))
		}
	}
	for _, r := range t.rows {
		var line strings.Builder
		for i := range width {
			cell := r[i]
			if i > 0 && colour {
				cell = coloured(cell)
			}
			line.WriteString(cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(r[i])+2))
		}
		line.WriteString(r[3])
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// coloured is a class in the colour of its verdict.
func coloured(class string) string {
	code := ""
	switch class {
	case "denied", "enforced", "confined":
		code = "32"
	case "partial", "unknown", "lockout":
		code = "33"
	case "open", "contradicts":
		code = "31"
	default:
		return class
	}
	return "\x1b[" + code + "m" + class + "\x1b[0m"
}

// Dot draws the trees for Graphviz.
func (r *Organizations) Dot(w io.Writer) {
	fmt.Fprint(w, "digraph organization {\n  rankdir=LR\n  node [shape=box, style=filled, fontname=\"sans-serif\"]\n")
	id := 0
	for _, o := range r.Organizations {
		o.Tree.dot(w, &id, -1)
	}
	fmt.Fprintln(w, "}")
}

func (n *Unit) dot(w io.Writer, id *int, parent int) {
	me := *id
	*id++
	label := []string{n.Kind + " " + n.Name}
	if n.Kind == "root" {
		label = []string{"root"}
	}
	label = append(label, "root-mfa: "+n.RootMFA.Class, "root-ip-allowlist: "+n.Networks.Class)
	for _, p := range n.Attached {
		label = append(label, "+ "+p.Name)
	}
	fill := map[string]string{"holds": "palegreen", "violated": "lightcoral"}[n.RootMFA.Verdict]
	if fill == "" {
		fill = "lightgrey"
	}
	fmt.Fprintf(w, "  n%d [label=%s, fillcolor=%s]\n", me, dotLines(strings.Join(label, "\n")), fill)
	if parent >= 0 {
		fmt.Fprintf(w, "  n%d -> n%d\n", parent, me)
	}
	for _, c := range n.Children {
		c.dot(w, id, me)
	}
}

// dotLines is a quoted string of Graphviz, in which a line break is \l, for
// lines that begin at the left.
func dotLines(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(report.Clean(s))
	return `"` + strings.ReplaceAll(s, "\n", `\l`) + `\l"`
}
