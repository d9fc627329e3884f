package picture

import (
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/report"
)

// svgStyle is the same in light and dark: nothing is told by colour alone.
const svgStyle = `<style>
svg { --text: #1b1f24; --faint: #59636e; --back: #ffffff; --line: #57606a; --fill: #f3f5f8; --doubt: #8a5a00; }
@media (prefers-color-scheme: dark) { svg { --text: #e6edf3; --faint: #a3adb8; --back: #0d1117; --line: #a3adb8; --fill: #1c232c; --doubt: #e8b04b; } }
text { font: 13px system-ui, sans-serif; fill: var(--text); }
text.kind, text.label { font-size: 11px; fill: var(--faint); }
text.label { paint-order: stroke; stroke: var(--back); stroke-width: 4px; }
.box { fill: var(--fill); stroke: var(--line); stroke-width: 1.2; }
.anyone .box { stroke-width: 3; }
.unknown .box { stroke-dasharray: 2 3; }
.edge { fill: none; stroke: var(--line); stroke-width: 1.4; }
.possible .edge, .unknown .edge { stroke: var(--doubt); }
.possible .edge { stroke-dasharray: 7 4; }
.unknown .edge { stroke-dasharray: 2 4; }
.member .edge { stroke-dasharray: 1 3; }
</style>`

// letter is about how wide one is, in the font of the picture.
const letter = 7.4

// textWidth is about how wide a text is: no font is at hand to ask.
func textWidth(s string) float64 { return float64(utf8.RuneCountInString(s)) * letter }

const nodeHeight = 38

// SVG draws the graph. What it says stands in it as text: titles of nodes and edges
// are read aloud, and shown under the pointer.
func (g *Graph) SVG(w io.Writer) {
	var d drawing
	var shown []*GraphNode
	ids := g.connected(func(_ int, n *GraphNode) {
		shown = append(shown, n)
		d.boxes = append(d.boxes, box{width: max(90, textWidth(n.label())+34), height: nodeHeight})
	})
	d.gap = columnGap
	for i := range g.Edges {
		e := &g.Edges[i]
		d.arrows = append(d.arrows, arrow{from: ids[e.From], to: ids[e.To]})
		if len(g.Edges) <= mostLabels {
			d.gap = max(d.gap, textWidth(e.label())+40)
		}
	}
	// The group stands before its members, as who stands for them.
	g.memberships(ids, func(user, group int) { d.arrows = append(d.arrows, arrow{from: group, to: user}) })
	d.lay()
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img" aria-labelledby="title desc">`+"\n", number(d.width), number(d.height))
	fmt.Fprintf(w, "<title id=\"title\">Who can become whom</title>\n<desc id=\"desc\">%d %s and %d %s between them, from left to right.</desc>\n",
		len(shown), plural(len(shown), "node", "nodes"), len(g.Edges), plural(len(g.Edges), "edge", "edges"))
	io.WriteString(w, svgStyle+"\n"+`<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="context-stroke"/></marker></defs>`+"\n")
	fmt.Fprintf(w, "<rect width=\"100%%\" height=\"100%%\" fill=\"var(--back)\"/>\n")
	for i, a := range d.arrows {
		class, label, title, head := "member", "", "member", ""
		if i < len(g.Edges) {
			e := &g.Edges[i]
			class, label, head = e.Verdict, e.label(), ` marker-end="url(#head)"`
			title = e.Verdict + ": " + shown[a.from].label() + " can become " + shown[a.to].label()
			for _, fact := range append(e.Facts(), e.Needs...) {
				title += "; " + fact
			}
		}
		path, x, y := d.path(a)
		fmt.Fprintf(w, "<g class=\"%s\"><title>%s</title><path class=\"edge\" d=\"%s\"%s/>", class, escaped(title), path, head)
		if label != "" && len(g.Edges) <= mostLabels {
			fmt.Fprintf(w, "<text class=\"label\" x=\"%s\" y=\"%s\" text-anchor=\"middle\">%s</text>", number(x), number(y-5), escaped(label))
		}
		fmt.Fprintln(w, "</g>")
	}
	for i, n := range shown {
		b := d.boxes[i]
		fmt.Fprintf(w, "<g class=\"node %s\" transform=\"translate(%s %s)\"><title>%s</title>%s<text x=\"14\" y=\"16\" class=\"kind\">%s</text><text x=\"14\" y=\"31\">%s</text></g>\n",
			n.Kind, number(b.x), number(b.y), escaped(n.label()+at(n.Location)), outline(n.Kind, b.width), escaped(n.Kind), escaped(n.label()))
	}
	fmt.Fprintln(w, "</svg>")
}

// mostLabels stand at edges; among more nobody finds the one that is his, and the title
// of each edge says it too.
const mostLabels = 60

// outline is the shape of a kind.
func outline(kind string, width float64) string {
	w, h := width, float64(nodeHeight)
	points := func(list ...float64) string {
		var b strings.Builder
		for i := 0; i < len(list); i += 2 {
			b.WriteString(number(list[i]) + "," + number(list[i+1]) + " ")
		}
		return `<polygon class="box" points="` + strings.TrimSpace(b.String()) + `"/>`
	}
	switch kind {
	case "user":
		return fmt.Sprintf(`<rect class="box" width="%s" height="%s" rx="19"/>`, number(w), number(h))
	case "service":
		return fmt.Sprintf(`<rect class="box" width="%s" height="%s"/><path class="box" d="M6 0v%[2]sM%[3]s 0v%[2]s"/>`, number(w), number(h), number(w-6))
	case "provider":
		return points(10, 0, w-10, 0, w, h/2, w-10, h, 10, h, 0, h/2)
	case "account", "anyone":
		return points(0, 0, w-10, 0, w, h/2, w-10, h, 0, h)
	case "group":
		return points(0, 0, w-12, 0, w, 12, w, h, 0, h)
	}
	return fmt.Sprintf(`<rect class="box" width="%s" height="%s" rx="4"/>`, number(w), number(h))
}

// path is the way of an arrow, and the middle of it.
func (d *drawing) path(a arrow) (path string, x, y float64) {
	from, to := d.boxes[a.from], d.boxes[a.to]
	x1, y1 := from.x+from.width, from.y+from.height/2
	x2, y2 := to.x, to.y+to.height/2
	var b strings.Builder
	point := func(x, y float64) string { return number(x) + " " + number(y) }
	b.WriteString("M" + point(x1, y1))
	curve := func(x1, y1, x2, y2 float64) {
		mid := (x1 + x2) / 2
		b.WriteString("C" + point(mid, y1) + " " + point(mid, y2) + " " + point(x2, y2))
	}
	if a.back { // around below both
		low := max(from.y+from.height, to.y+to.height) + 1.6*rowGap
		b.WriteString("C" + point(x1+45, y1) + " " + point(x1+45, low) + " " + point((x1+x2)/2, low))
		b.WriteString("C" + point(x2-45, low) + " " + point(x2-45, y2) + " " + point(x2, y2))
		return b.String(), (x1 + x2) / 2, low
	}
	x, y = d.middle(x1, y1, x2, y2)
	if len(a.bends) > 0 {
		first := d.boxes[a.bends[0]]
		x, y = d.middle(x1, y1, first.x, first.y+rowGap/2)
	}
	for _, i := range a.bends {
		at := d.boxes[i]
		curve(x1, y1, at.x, at.y+rowGap/2)
		x1, y1 = at.x+at.width, at.y+rowGap/2
		b.WriteString("L" + point(x1, y1))
	}
	curve(x1, y1, x2, y2)
	return b.String(), x, y
}

// middle is where a curve between two columns is in the middle of the gap, about.
func (d *drawing) middle(x1, y1, x2, y2 float64) (x, y float64) {
	x = x2 - d.gap/2
	t := (x - x1) / (x2 - x1)
	return x, y1 + (y2-y1)*t*t*(3-2*t)
}

func number(x float64) string { return strconv.FormatFloat(math.Round(10*x)/10, 'f', -1, 64) }

func escaped(s string) string { return html.EscapeString(report.Clean(s)) }
