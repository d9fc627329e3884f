package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// TextOptions say what the output is shown on.
type TextOptions struct {
	// Color adds ANSI colours. Whether to is the caller's decision: a terminal,
	// and no NO_COLOR.
	Color bool
	// Width is the number of columns; 0 stands for 100.
	Width int
	// Verbose prints every gap, every undetermined result and every line of a fix,
	// where otherwise a few stand for all of it.
	Verbose bool
}

const (
	defaultWidth = 100
	minWidth     = 40
	labelWidth   = 16
	// maxDiff is how long a diff may be, and fewDiff how much is printed of a longer one.
	maxDiff, fewDiff = 20, 16
	// maxRelated is how many related places of a kind are named; JSON has all.
	maxRelated = 6
)

var severityColours = [...]string{
	analyzer.Note: blue, analyzer.Low: cyan, analyzer.Medium: yellow, analyzer.High: red, analyzer.Critical: "1;" + magenta,
}

// Text writes the report for people, findings by rule, with paths relative to
// the working directory. Nothing in the files that were scanned can make a
// terminal do anything but print it.
func Text(w io.Writer, r *analyzer.Report, opt TextOptions) error {
	t := &printer{paint: paint(opt.Color), names: workNames(r), width: opt.Width, verbose: opt.Verbose}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	t.width = max(t.width, minWidth)
	for _, group := range byRule(r.Findings) {
		t.group(group)
	}
	t.undetermined(r.Undetermined)
	t.gaps(r.Gaps)
	t.notes(r)
	t.newlyIn(r.Newly)
	t.summary(r)
	_, err := io.WriteString(w, t.out.String())
	return err
}

// byRule is the findings in groups of one check, in order of the checks'
// ids, each worst first and else in report order.
func byRule(findings []*analyzer.Finding) [][]*analyzer.Finding {
	at := map[string]int{}
	var out [][]*analyzer.Finding
	for _, f := range worstFirst(findings) {
		i, ok := at[f.Check.ID]
		if !ok {
			i = len(out)
			at[f.Check.ID] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], f)
	}
	sortGroups(out)
	return out
}

type printer struct {
	paint
	names
	width   int
	verbose bool
	left    bool // something was not printed that verbose prints
	out     strings.Builder
}

func (t *printer) line(s string) { t.out.WriteString(noCommands(s) + "\n") }

func (t *printer) group(findings []*analyzer.Finding) {
	c := findings[0].Check
	t.line(t.in(bold, c.ID+" "+c.Name) + t.in(dim, "  "+clean(oneLine(c.Title))))
	t.line("")
	remedy := ""
	for _, f := range findings {
		t.finding(f)
		if len(f.Fixes) == 0 && remedy == "" {
			remedy = f.Remedy()
		}
	}
	if remedy != "" {
		t.labelled("how to fix", remedy)
	}
	t.labelled("more", "iamvet explain "+c.ID)
	t.line("")
}

// heading is the line that says where: what (severity or rule, in colour), place,
// address. An address that does not fit gets a line of its own.
func (t *printer) heading(f *analyzer.Finding, what, colour string) {
	at, address := t.at(f), t.address(f)
	separator := "  "
	if textWidth(what+at+address)+4 > t.width && at != "" {
		separator = "\n  "
	}
	line := strings.Join(nonEmpty(t.in(colour, what), at), "  ")
	if address != "" {
		line += separator + t.in(dim, address)
	}
	t.line(line)
}

func nonEmpty(parts ...string) []string {
	out := parts[:0]
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// at is file:line:column, or the file of a finding without a place.
func (t *printer) at(f *analyzer.Finding) string {
	if f.Span.IsZero() {
		if f.File == "" {
			return ""
		}
		return clean(t.of(f.File))
	}
	p := f.Span.StartPos()
	return clean(fmt.Sprintf("%s:%d:%d", t.of(f.Span.File.Name), p.Line, p.Column))
}

func (t *printer) address(f *analyzer.Finding) string {
	if f.Resource == nil {
		return ""
	}
	if f.Resource.Construct != "" {
		return clean(f.Resource.Address + " of construct " + f.Resource.Construct)
	}
	return clean(f.Resource.Address)
}

func (t *printer) finding(f *analyzer.Finding) {
	colour := severityColours[f.Severity]
	t.heading(f, f.Severity.String(), colour)
	for _, l := range wrapped(f.Message, t.width-2) {
		t.line("  " + t.in(bold, l))
	}
	if !f.Span.IsZero() && !analyzer.Withheld(f.Span.File) {
		t.line("")
		var header source.Span
		if f.Resource != nil {
			header = f.Resource.Header
		}
		t.excerpt(f.Span, header, colour)
	}
	if facts := t.facts(f); facts != "" {
		t.out.WriteString("\n" + facts)
	}
	t.line("")
}

// facts is what there is to say about a finding beside its place.
func (t *printer) facts(f *analyzer.Finding) string {
	p := &printer{paint: t.paint, names: t.names, width: t.width, verbose: t.verbose}
	p.witness(f.Witness)
	p.related(f.Related)
	p.instances(f)
	for _, g := range f.Includes {
		p.labelled("implies", included(g))
	}
	for _, a := range f.Assumptions {
		p.labelled("assumes", a.Text)
	}
	p.fixes(f)
	for _, g := range f.Includes {
		if fix := best(g); fix != nil {
			p.labelled("and "+fixLabel(fix), fix.Message+gradeNote(fix.Grade)+", for "+g.Check.ID)
		}
	}
	t.left = t.left || p.left
	return p.out.String()
}

// labelled is a fact with a name in front, wrapped beside it.
func (t *printer) labelled(label, s string) {
	pad := strings.Repeat(" ", max(0, labelWidth-2-len(label)))
	for i, l := range wrapped(s, max(20, t.width-labelWidth)) {
		if i == 0 {
			t.line("  " + t.in(cyan, label) + pad + l)
		} else {
			t.line(strings.Repeat(" ", labelWidth) + l)
		}
	}
}

func (t *printer) witness(w *analyzer.Witness) {
	if w == nil {
		return
	}
	t.labelled("gets through", w.Sentence())
	if exact := w.String(); w.Words != "" && exact != "" {
		t.labelled("request", exact)
	}
}

// related names the other places that matter, those of one kind together.
func (t *printer) related(places []analyzer.Related) {
	at := map[string]int{}
	var messages []string
	var where [][]string
	for _, r := range places {
		place := r.Address
		if !r.Span.IsZero() {
			place = t.names.line(r.Span)
		}
		i, ok := at[r.Message]
		if !ok {
			i = len(messages)
			at[r.Message] = i
			messages, where = append(messages, r.Message), append(where, nil)
		}
		if place != "" && !slices.Contains(where[i], place) {
			where[i] = append(where[i], place)
		}
	}
	for i, m := range messages {
		if more := len(where[i]) - maxRelated; more > 0 {
			where[i] = append(where[i][:maxRelated], itoa(more)+" more")
		}
		if len(where[i]) > 0 {
			m += " (" + strings.Join(where[i], ", ") + ")"
		}
		t.labelled("see", m)
	}
}

// instances names the other instances of the same defect: together, but those of
// which something else is to be said.
func (t *printer) instances(f *analyzer.Finding) {
	in := func(root string) string { return t.of(orDot(root)) }
	if same := f.Also(in, func(i analyzer.Instance) bool { return i.Message == "" }); same != "" {
		t.labelled("also", same)
	}
	const shown = 3
	left := 0
	for _, other := range f.Instances {
		switch {
		case other.Message == "":
		case left >= shown:
			left++
		default:
			left++
			severity := ""
			if f.Lesser(other) {
				severity = " (" + other.Severity.String() + ")"
			}
			t.labelled("also", other.Address+severity+": "+other.Message)
		}
	}
	if left > shown {
		t.labelled("also", itoa(left-shown)+" more, each for a reason of its own (--format json has them)")
	}
}

func (t *printer) fixes(f *analyzer.Finding) {
	shown := best(f)
	if shown == nil {
		return
	}
	t.labelled(fixLabel(shown), shown.Message+gradeNote(shown.Grade))
	t.diff(shown, f.Span)
	for _, fix := range f.Fixes {
		if fix != shown {
			t.labelled("or", fix.Message+gradeNote(fix.Grade))
		}
	}
}

func fixLabel(f *analyzer.Fix) string {
	if f.Grade == analyzer.Draft {
		return "draft"
	}
	return "fix"
}

func gradeNote(g analyzer.Grade) string {
	switch g {
	case analyzer.Equivalent:
		return " (allows exactly what it did)"
	case analyzer.Narrowing:
		return " (allows less than before)"
	}
	return " (to be completed by hand)"
}

// diff prints a fix as a patch, without the lines that name the file when it is
// that of the finding.
func (t *printer) diff(fix *analyzer.Fix, at source.Span) {
	if fix.Diff == "" {
		return
	}
	lines := strings.Split(strings.TrimSuffix(fix.Diff, "\n"), "\n")
	known := !at.IsZero()
	for _, e := range fix.Edits {
		known = known && e.Span.File.Name == at.File.Name
	}
	if known {
		lines = lines[min(2, len(lines)):]
	}
	left := 0
	if len(lines) > maxDiff && !t.verbose {
		lines, left, t.left = lines[:fewDiff], len(lines)-fewDiff, true
	}
	for _, l := range lines {
		l = clean(strings.TrimRight(l, "\r"))
		colour := ""
		switch {
		case strings.HasPrefix(l, "@@"):
			colour = cyan
		case strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "+++ "):
			colour = bold
		case strings.HasPrefix(l, "-"):
			colour = red
		case strings.HasPrefix(l, "+"):
			colour = green
		}
		if colour != "" {
			l = t.in(colour, l)
		}
		t.line(strings.TrimRight("    "+l, " "))
	}
	if left > 0 {
		t.line("    " + t.in(dim, "… "+itoa(left)+" more lines"))
	}
}

func (t *printer) summary(r *analyzer.Report) {
	words := counts(r.Summary)
	words = strings.ToUpper(words[:1]) + words[1:]
	colour := green
	if r.Summary.Violations > 0 {
		colour = red
	} else if r.Summary.Undetermined+r.Summary.Gaps > 0 {
		colour = yellow
	}
	t.line(t.in("1;"+colour, words) + " in " + scanned(r.Summary) + ".")
	if r.Settings != nil {
		t.line(clean(settingsWords(t.names, r.Settings)))
	}
}
