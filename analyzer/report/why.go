package report

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Asker says for whom an Explanation is written: relative to what paths are, as in a
// Report of that scan.
type Asker struct{ Version, ScanRoot, WorkDir, Boundary string }

var standingColours = [...]string{
	analyzer.NotApplicable: dim, analyzer.Compliant: green, analyzer.Advised: blue, analyzer.Open: yellow, analyzer.Violating: red,
}

// WhyText writes for people what each rule makes of the resources asked about.
func WhyText(w io.Writer, e *analyzer.Explanation, by Asker, opt TextOptions) error {
	t := &printer{paint: paint(opt.Color), names: workNames(&analyzer.Report{WorkDir: by.WorkDir, Boundary: by.Boundary}), width: opt.Width}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	t.width = max(t.width, minWidth)
	var last *terraform.Resource
	for _, a := range e.Answers {
		if a.Resource != last {
			t.asked(a.Resource)
			last = a.Resource
		}
		t.answer(a)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// asked is the resource that answers are about.
func (t *printer) asked(r *terraform.Resource) {
	where := ""
	if at := r.Place(); !at.IsZero() {
		where = t.names.line(at)
	} else if dir := t.names.root(r.Root); dir != "." {
		where = dir
	}
	t.line(strings.Join(nonEmpty(t.in(bold, clean(r.Address)), t.in(dim, clean(where))), "  "))
	t.line("")
}

func (t *printer) answer(a *analyzer.Answer) {
	verdict := strings.ReplaceAll(a.Standing.String(), "not-applicable", "does not apply")
	if f := a.Finding; f != nil && f.Verdict == analyzer.Violation {
		verdict += ", " + f.Severity.String()
	}
	t.line(t.in(bold, a.Check.ID+" "+a.Check.Name) + "  " + t.in(standingColours[a.Standing], verdict))
	if a.Told != nil {
		for _, l := range wrapped(a.Told.Message, t.width-2) {
			t.line("  " + l)
		}
	}
	if f := a.Finding; f != nil {
		for _, l := range wrapped(f.Message, t.width-2) {
			t.line("  " + t.in(bold, l))
		}
		if at := t.at(f); at != "" {
			t.labelled("at", strings.Join(nonEmpty(at, t.address(f)), "  "))
		}
		t.witness(f.Witness)
		t.related(f.Related)
		for _, n := range t.told(f.Needs) {
			t.labelled("needs", n)
		}
		for _, s := range f.Assumptions {
			t.labelled("assumes", s.Text)
		}
	}
	if told := a.Told; told != nil {
		t.closest(told)
		t.related(told.Decisive)
		for _, n := range t.told(told.Needs) {
			t.labelled("needs", n)
		}
	}
	t.line("")
}

// closest is the request that is refused, and by what.
func (t *printer) closest(told *analyzer.Told) {
	if told.Closest == nil {
		return
	}
	by := told.Refused
	if !told.RefusedBy.IsZero() {
		by += " (" + t.names.line(told.RefusedBy) + ")"
	}
	t.labelled("closest", strings.TrimSuffix(told.Closest.Sentence(), ".")+".")
	t.labelled("refused by", by+".")
}

// The shape of the JSON of iamvet why: members are added, never renamed or removed.
type (
	jsonExplanation struct {
		Iamvet    string        `json:"iamvet"`
		Schema    int           `json:"schemaVersion"`
		Resources []jsonSubject `json:"resources"`
		Gaps      []jsonGap     `json:"gaps"`
	}
	jsonSubject struct {
		Address string       `json:"address"`
		Root    string       `json:"root"`
		File    string       `json:"file,omitempty"`
		Line    int          `json:"line,omitempty"`
		Answers []jsonAnswer `json:"answers"`
	}
	jsonAnswer struct {
		ID      string `json:"id"`
		Rule    string `json:"rule"`
		Verdict string `json:"verdict"` // violation, undetermined, advice, compliant, not-applicable
		Message string `json:"message"`
		// Decisive are the places that the verdict rests on.
		Decisive []jsonRelated `json:"decisive"`
		Closest  *jsonClosest  `json:"closest,omitempty"` // of a compliant one
		Needs    *[]string     `json:"needs,omitempty"`   // of an undetermined one
		// Finding is as iamvet scan prints it, without fixes.
		Finding *jsonFinding `json:"finding,omitempty"`
	}
	jsonClosest struct {
		Words    string       `json:"words"`
		Request  *jsonWitness `json:"request"`
		Refused  string       `json:"refusedBy"`
		Location *jsonLine    `json:"location,omitempty"`
	}
)

// WhyJSON writes the same for programs. Paths are relative to the scan root.
func WhyJSON(w io.Writer, e *analyzer.Explanation, by Asker) error {
	n := names{base: orDot(by.ScanRoot), data: true}
	out := jsonExplanation{Iamvet: by.Version, Schema: SchemaVersion, Resources: []jsonSubject{}, Gaps: []jsonGap{}}
	var last *terraform.Resource
	for _, a := range e.Answers {
		if a.Resource != last {
			last = a.Resource
			s := jsonSubject{Address: last.Address, Root: n.root(last.Root), Answers: []jsonAnswer{}}
			if place := last.Place(); !place.IsZero() {
				at := n.jsonLine(place)
				s.File, s.Line = at.File, at.Line
			}
			out.Resources = append(out.Resources, s)
		}
		s := &out.Resources[len(out.Resources)-1]
		s.Answers = append(s.Answers, n.jsonAnswer(a))
	}
	for _, g := range e.Gaps {
		file, line := n.gapPlace(g)
		out.Gaps = append(out.Gaps, jsonGap{g.Kind.String(), file, line, g.Reason})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func (n names) jsonAnswer(a *analyzer.Answer) jsonAnswer {
	out := jsonAnswer{ID: a.Check.ID, Rule: a.Check.Name, Verdict: a.Standing.String(), Decisive: []jsonRelated{}}
	needs := []string{}
	if f := a.Finding; f != nil {
		finding := n.jsonFinding(f)
		out.Finding, out.Message = &finding, f.Message
		needs = n.needs(f)
	}
	if told := a.Told; told != nil {
		out.Message = told.Message
		for _, r := range told.Decisive {
			related := jsonRelated{Message: r.Message}
			if !r.Span.IsZero() {
				line := n.jsonLine(r.Span)
				related.Location = &line
			}
			out.Decisive = append(out.Decisive, related)
		}
		if w := told.Closest; w != nil {
			out.Closest = &jsonClosest{Words: w.Sentence(), Refused: told.Refused, Request: jsonRequest(w)}
			if !told.RefusedBy.IsZero() {
				line := n.jsonLine(told.RefusedBy)
				out.Closest.Location = &line
			}
		}
		for _, r := range told.Needs {
			needs = append(needs, n.reason(r.Text, r.Span))
		}
	}
	if a.Standing == analyzer.Open {
		out.Needs = &needs
	}
	return out
}

func jsonRequest(w *analyzer.Witness) *jsonWitness {
	out := &jsonWitness{Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: w.Context, Absent: append([]string{}, w.Absent...)}
	if w.Context == nil {
		out.Context = map[string]string{}
	}
	return out
}
