package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// maxAlso is how many others are named for which a line does the same; JSON has all.
const maxAlso = 6

// maxOpenings is how many lines of a subject are shown; JSON has all.
const maxOpenings = 8

// ComparisonText writes for people what a change newly allows.
func ComparisonText(w io.Writer, c *comparison.Comparison, by Asker, opt TextOptions) error {
	t := &printer{paint: paint(opt.Color), names: workNames(&analyzer.Report{WorkDir: by.WorkDir, Boundary: by.Boundary}), width: opt.Width, verbose: opt.Verbose}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	t.width = max(t.width, minWidth)
	t.changes(c)
	t.gaps(c.Gaps)
	t.newly(c)
	_, err := io.WriteString(w, t.out.String())
	return err
}

// changes are what each change allows and denies.
func (t *printer) changes(c *comparison.Comparison) {
	for _, ch := range c.Changes {
		verdict, colour := standing(ch)
		t.line(t.in(bold, clean(string(ch.Kind))) + "  " + t.in(colour, verdict) + "  " + clean(ch.Name))
		if ch.Formerly != "" {
			t.labelled("formerly", ch.Formerly)
		}
		if len(ch.Also) > 0 {
			t.labelled("also", few(ch.Also))
		}
		t.openings(ch, ch.Allows, false)
		t.openings(ch, ch.Denies, true)
		t.line("")
	}
}

// standing is what a change does, in words, and their colour.
func standing(ch *comparison.Change) (words, colour string) {
	switch {
	case ch.Wider() == value.Yes:
		return "newly allows", red
	case ch.Wider() == value.Maybe:
		return "may newly allow", yellow
	}
	return "newly denies", green
}

func few(names []string) string {
	if more := len(names) - maxAlso; more > 0 {
		return strings.Join(names[:maxAlso], ", ") + " and " + itoa(more) + " more"
	}
	return strings.Join(names, ", ")
}

func (t *printer) openings(ch *comparison.Change, list []comparison.Opening, denied bool) {
	for i, o := range list {
		if i == maxOpenings && !t.verbose {
			t.labelled("more", itoa(len(list)-i)+" more lines (--verbose prints them)")
			t.left = true
			return
		}
		t.line("")
		label := "allows now"
		switch {
		case denied && o.Opens == value.Yes:
			label = "denies now"
		case denied:
			label = "may deny"
		case o.Opens == value.Maybe:
			label = "may allow"
		}
		t.labelled(label, requestWords(o.Witness, ch))
		if !o.At.IsZero() {
			t.labelled("at", t.names.line(o.At))
			if !analyzer.Withheld(o.At.File) && o.At.StartPos().Line == o.At.EndPos().Line {
				t.excerpt(o.At, source.Span{}, red)
			}
		}
		why := o.Why
		if !o.Was.IsZero() {
			why += " (" + t.names.line(o.Was) + ", before)"
		}
		t.labelled("because", upperFirst(why)+".")
		for _, n := range t.told(o.Needs) {
			t.labelled("needs", n)
		}
	}
}

// requestWords are a request in words: who does what, on what, and with which keys.
func requestWords(w *proof.Witness, ch *comparison.Change) string {
	if w == nil || w.Action == "" {
		return "something, by " + subjectWords(ch)
	}
	out := w.Action
	if w.Resource != "" && ch.Kind != comparison.Trust {
		out += " on " + w.Resource
	}
	if who := principalOf(w); who != "" {
		out += " by " + who
	}
	var with []string
	for _, k := range sortedKeys(w.Context) {
		with = append(with, k+" = "+w.Context[k])
	}
	if len(with) > 0 {
		out += ", with " + strings.Join(with, ", ")
	}
	if len(w.Absent) > 0 {
		out += ", without " + strings.Join(w.Absent, ", ")
	}
	return out
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// principalOf is who makes a request.
func principalOf(w *proof.Witness) string {
	if w.Principal != "" {
		return w.Principal
	}
	return w.Caller
}

func subjectWords(ch *comparison.Change) string {
	if ch.Kind == comparison.Trust || ch.Kind == comparison.Module {
		return "somebody"
	}
	return ch.Name
}

// newlyIn is what a scan says of a change: a line for each that allows more. iamvet compare
// says the rest.
func (t *printer) newlyIn(c *comparison.Comparison) {
	if c == nil {
		return
	}
	for _, ch := range c.Changes {
		verdict, colour := standing(ch)
		at := ch.At
		for _, o := range ch.Allows {
			if o.Opens == ch.Wider() && !o.At.IsZero() {
				at = o.At
				break
			}
		}
		where := ""
		if !at.IsZero() {
			where = clean(t.names.line(at))
		}
		t.line(strings.Join(nonEmpty(t.in(colour, verdict), clean(string(ch.Kind)), where, t.in(dim, clean(ch.Name))), "  "))
	}
	t.newly(c)
}

// newly is the sentence that sums a comparison up.
func (t *printer) newly(c *comparison.Comparison) {
	sure, maybe := c.Wider()
	colour := green
	switch {
	case sure > 0:
		colour = red
	case maybe > 0 || unread(c):
		colour = yellow
	}
	first, rest := NewlyWords(c)
	t.line(t.in("1;"+colour, first) + clean(rest))
}

// NewlyWords say whether a change newly allows a request, and of what that is said.
func NewlyWords(c *comparison.Comparison) (first, rest string) {
	sure, maybe := c.Wider()
	switch {
	case sure > 0:
		if sure == 1 {
			first = "1 subject is newly allowed a request"
		} else {
			first = itoa(sure) + " subjects are newly allowed a request"
		}
		if maybe > 0 {
			first += fmt.Sprintf(", %d more may be", maybe)
		}
	case maybe == 1:
		first = "No request is newly allowed for certain; of 1 subject some may be"
	case maybe > 1:
		first = "No request is newly allowed for certain; of " + itoa(maybe) + " subjects some may be"
	default:
		first = "No request is newly allowed"
		if unread(c) {
			first += " by what could be read"
		}
	}
	first += "."
	var differ string
	switch c.Differ {
	case 0:
		differ = "the policies are the same"
	case c.Subjects:
		differ = "those of all differ"
	default:
		differ = fmt.Sprintf("those of %d differ", c.Differ)
	}
	return first, fmt.Sprintf(" Of %s the policies were compared with %s: %s.", plural(c.Subjects, "subject"), c.Before, differ)
}

// unread says that something could not be read.
func unread(c *comparison.Comparison) bool {
	return slices.ContainsFunc(c.Gaps, func(g source.Gap) bool { return g.Kind == source.ErrorGap })
}

// The shape of the JSON of iamvet compare: members are added, never renamed or removed.
type (
	jsonComparison struct {
		Iamvet string `json:"iamvet"`
		Schema int    `json:"schemaVersion"`
		jsonNewly
		After string    `json:"after"`
		Gaps  []jsonGap `json:"gaps"`
	}
	// jsonNewly is also what a scan says of a change.
	jsonNewly struct {
		Before  string             `json:"before"`
		Summary jsonCompared       `json:"summary"`
		Changes []jsonPolicyChange `json:"changes"`
	}
	jsonCompared struct {
		Subjects   int    `json:"subjects"`
		Differ     int    `json:"differ"`
		Wider      int    `json:"wider"`
		MayBeWider int    `json:"mayBeWider"`
		Sentence   string `json:"sentence"`
	}
	jsonPolicyChange struct {
		Kind     string        `json:"kind"`
		State    string        `json:"state"`
		Verdict  string        `json:"verdict"`
		Subject  string        `json:"subject"`
		Formerly string        `json:"formerly,omitempty"`
		Root     string        `json:"root,omitempty"`
		Location *jsonLine     `json:"location,omitempty"`
		Also     []string      `json:"also"`
		Allows   []jsonOpening `json:"allows"`
		Denies   []jsonOpening `json:"denies"`
	}
	jsonOpening struct {
		Certain  bool          `json:"certain"`
		Request  *jsonWitness  `json:"request,omitempty"`
		Location *jsonLocation `json:"location,omitempty"`
		Before   *jsonLine     `json:"before,omitempty"`
		Why      string        `json:"why"`
		Needs    []string      `json:"needs"`
	}
)

// ComparisonJSON writes for programs what a change newly allows.
func ComparisonJSON(w io.Writer, c *comparison.Comparison, by Asker) error {
	n := scanNames(&analyzer.Report{ScanRoot: by.ScanRoot})
	out := jsonComparison{Iamvet: by.Version, Schema: SchemaVersion, jsonNewly: *n.newly(c), After: c.After, Gaps: []jsonGap{}}
	for _, g := range c.Gaps {
		file, line := n.gapPlace(g)
		out.Gaps = append(out.Gaps, jsonGap{g.Kind.String(), file, line, g.Reason})
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}

func (n names) newly(c *comparison.Comparison) *jsonNewly {
	sure, maybe := c.Wider()
	first, rest := NewlyWords(c)
	out := &jsonNewly{Before: c.Before, Changes: []jsonPolicyChange{},
		Summary: jsonCompared{Subjects: c.Subjects, Differ: c.Differ, Wider: sure, MayBeWider: maybe, Sentence: first + rest}}
	for _, ch := range c.Changes {
		verdict := map[value.Tri]string{value.Yes: "wider", value.Maybe: "may-be-wider", value.No: "narrower"}[ch.Wider()]
		j := jsonPolicyChange{Kind: string(ch.Kind), State: string(ch.State), Verdict: verdict, Subject: ch.Name, Formerly: ch.Formerly,
			Also: append([]string{}, ch.Also...), Allows: n.jsonOpenings(ch.Allows), Denies: n.jsonOpenings(ch.Denies)}
		if ch.Root != "" {
			j.Root = n.of(ch.Root)
		}
		if !ch.At.IsZero() {
			line := n.jsonLine(ch.At)
			j.Location = &line
		}
		out.Changes = append(out.Changes, j)
	}
	return out
}

func (n names) jsonOpenings(list []comparison.Opening) []jsonOpening {
	out := []jsonOpening{}
	for _, o := range list {
		j := jsonOpening{Certain: o.Opens == value.Yes, Why: o.Why, Location: n.jsonLocation(o.At), Needs: append([]string{}, n.told(o.Needs)...)}
		if w := o.Witness; w != nil && w.Action != "" {
			j.Request = &jsonWitness{Principal: principalOf(w), Action: w.Action, Resource: w.Resource, Context: w.Context, Absent: append([]string{}, w.Absent...)}
			if w.Context == nil {
				j.Request.Context = map[string]string{}
			}
		}
		if !o.Was.IsZero() {
			line := n.jsonLine(o.Was)
			j.Before = &line
		}
		out = append(out, j)
	}
	return out
}

// ComparisonMarkdown writes a page of what a change newly allows.
func ComparisonMarkdown(w io.Writer, c *comparison.Comparison) error {
	m := &markdown{names: boundaryNames()}
	m.add("## iamvet: what this change newly allows\n")
	m.newly(c)
	m.gaps(c.Gaps)
	_, err := io.WriteString(w, m.out.String())
	return err
}

// newly is what a change newly allows, as a table.
func (m *markdown) newly(c *comparison.Comparison) {
	if c == nil {
		return
	}
	first, rest := NewlyWords(c)
	m.add("\n**" + mdText(first) + "** " + mdText(rest) + "\n")
	if len(c.Changes) == 0 {
		return
	}
	m.add("\n| | Whose | Where | Request | Why |\n| --- | --- | --- | --- | --- |\n")
	left := 0
	for _, ch := range c.Changes {
		left += len(ch.Allows) + len(ch.Denies)
	}
	for _, ch := range c.Changes {
		for i, list := range [][]comparison.Opening{ch.Allows, ch.Denies} {
			for _, o := range list {
				if !m.add(m.opening(ch, o, i == 1)) {
					m.left(left, "line")
					return
				}
				left--
			}
		}
	}
}

func (m *markdown) opening(ch *comparison.Change, o comparison.Opening, denied bool) string {
	verdict := map[bool]string{false: "allowed", true: "denied"}[denied]
	if o.Opens == value.Yes {
		verdict = "newly " + verdict
	} else {
		verdict = "may be " + verdict
	}
	whose := string(ch.Kind) + " " + mdCode(ch.Name)
	if len(ch.Also) > 0 {
		whose += "<br>also " + mdText(few(ch.Also))
	}
	where := ""
	if !o.At.IsZero() {
		where = mdCode(m.line(o.At))
	}
	why := upperFirst(o.Why)
	if !o.Was.IsZero() {
		why += " (" + m.line(o.Was) + ", before)"
	}
	why = mdText(why) + "."
	for _, n := range m.told(o.Needs) {
		why += "<br>Needs " + mdText(n) + "."
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", verdict, whose, where, mdText(requestWords(o.Witness, ch)), why)
}
