package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// SchemaVersion counts up when a member of what is printed as JSON is renamed or
// removed, or gets another type or meaning. docs/schema has the schemas.
const SchemaVersion = 1

// The shape of the JSON is a contract: members are added, never renamed or
// removed. Lists are never null; what does not apply is left out.
type (
	jsonReport struct {
		Iamvet       string           `json:"iamvet"`
		Schema       int              `json:"schemaVersion"`
		Findings     []jsonFinding    `json:"findings"`
		Undetermined []jsonFinding    `json:"undetermined"`
		Suppressed   []jsonFinding    `json:"suppressed"`
		Gaps         []jsonGap        `json:"gaps"`
		Summary      analyzer.Summary `json:"summary"`
		// Settings are left out where no settings file counted.
		Settings *analyzer.UsedSettings `json:"settings,omitempty"`
		// NewlyAllowed is left out where nothing was compared.
		NewlyAllowed *jsonNewly `json:"newlyAllowed,omitempty"`
	}
	jsonFinding struct {
		ID          string           `json:"id"`
		Rule        string           `json:"rule"`
		Verdict     string           `json:"verdict"`
		Severity    string           `json:"severity"`
		Message     string           `json:"message"`
		Resource    *jsonResource    `json:"resource,omitempty"`
		Location    *jsonLocation    `json:"location,omitempty"`
		Witness     *jsonWitness     `json:"witness,omitempty"`
		Related     []jsonRelated    `json:"related"`
		Assumptions []string         `json:"assumptions"`
		Fixes       []jsonFix        `json:"fixes"`
		Needs       *[]string        `json:"needs,omitempty"` // of undetermined findings, always
		Fingerprint string           `json:"fingerprint"`
		Suppression *jsonSuppression `json:"suppression,omitempty"`
		// Includes are findings that count with this one, as one.
		Includes []jsonFinding `json:"includes,omitempty"`
	}
	jsonResource struct {
		Address   string         `json:"address"`
		Root      string         `json:"root"`
		File      string         `json:"file,omitempty"` // not from a plan alone
		Line      int            `json:"line,omitempty"`
		Construct string         `json:"construct,omitempty"` // of CDKTF
		Instances []jsonInstance `json:"instances"`
	}
	jsonInstance struct {
		Root     string     `json:"root"`
		Address  string     `json:"address"`
		Calls    []jsonLine `json:"calls"`
		Severity string     `json:"severity,omitempty"` // where it is less than that of the first
		Message  string     `json:"message,omitempty"`  // where its reason is another than that of the first
	}
	jsonLine struct {
		File string `json:"file"`
		Line int    `json:"line"`
	}
	jsonLocation struct {
		File      string `json:"file"`
		Line      int    `json:"line"`
		Column    int    `json:"column"` // UTF-16 code units
		EndLine   int    `json:"endLine"`
		EndColumn int    `json:"endColumn"` // exclusive
	}
	jsonWitness struct {
		Principal string            `json:"principal"`
		Action    string            `json:"action"`
		Resource  string            `json:"resource,omitempty"`
		Context   map[string]string `json:"context"`
		Absent    []string          `json:"absent"`
	}
	jsonRelated struct {
		Message  string    `json:"message"`
		Location *jsonLine `json:"location,omitempty"`
	}
	jsonFix struct {
		Message string `json:"message"`
		Grade   string `json:"grade"`
		Diff    string `json:"diff"`
	}
	jsonSuppression struct {
		By     string `json:"by"`
		Reason string `json:"reason"`
		Until  string `json:"until,omitempty"`
	}
	jsonGap struct {
		Kind   string `json:"kind"`
		File   string `json:"file,omitempty"`
		Line   int    `json:"line,omitempty"`
		Reason string `json:"reason"`
	}
)

// JSON writes the report as one object. Paths are relative to the scan root.
func JSON(w io.Writer, r *analyzer.Report) error {
	n := scanNames(r)
	out := jsonReport{
		Iamvet:       r.Version,
		Schema:       SchemaVersion,
		Findings:     n.jsonFindings(r.Findings),
		Undetermined: n.jsonFindings(r.Undetermined),
		Suppressed:   n.jsonFindings(r.Suppressed),
		Gaps:         []jsonGap{},
		Summary:      r.Summary,
	}
	for _, g := range r.Gaps {
		file, line := n.gapPlace(g)
		out.Gaps = append(out.Gaps, jsonGap{g.Kind.String(), file, line, g.Reason})
	}
	if s := r.Settings; s != nil {
		out.Settings = &analyzer.UsedSettings{File: n.of(s.File), Given: s.Given}
	}
	if r.Newly != nil {
		out.NewlyAllowed = n.newly(r.Newly)
	}
	if out.Summary.BySeverity == nil {
		out.Summary.BySeverity = map[string]int{}
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

func (n names) jsonFindings(findings []*analyzer.Finding) []jsonFinding {
	out := []jsonFinding{}
	for _, f := range findings {
		out = append(out, n.jsonFinding(f))
	}
	return out
}

func (n names) jsonFinding(f *analyzer.Finding) jsonFinding {
	out := jsonFinding{
		ID: f.Check.ID, Rule: f.Check.Name, Verdict: f.Verdict.String(), Severity: f.Severity.String(),
		Message: f.Message, Resource: n.jsonResource(f), Location: n.jsonLocation(f.Span),
		Related: []jsonRelated{}, Assumptions: []string{}, Fixes: []jsonFix{}, Fingerprint: f.Fingerprint,
	}
	if w := f.Witness; w != nil {
		out.Witness = &jsonWitness{Principal: w.Principal, Action: w.Action, Resource: w.Resource,
			Context: w.Context, Absent: append([]string{}, w.Absent...)}
		if w.Context == nil {
			out.Witness.Context = map[string]string{}
		}
	}
	for _, r := range f.Related {
		related := jsonRelated{Message: r.Message}
		if !r.Span.IsZero() {
			line := n.jsonLine(r.Span)
			related.Location = &line
		}
		out.Related = append(out.Related, related)
	}
	for _, a := range f.Assumptions {
		out.Assumptions = append(out.Assumptions, a.Text)
	}
	for _, x := range f.Fixes {
		out.Fixes = append(out.Fixes, jsonFix{x.Message, x.Grade.String(), x.Diff})
	}
	if f.Verdict == analyzer.Undetermined {
		needs := n.needs(f)
		out.Needs = &needs
	}
	if len(f.Includes) > 0 {
		out.Includes = n.jsonFindings(f.Includes)
	}
	if s := f.Suppression; s != nil {
		out.Suppression = &jsonSuppression{s.By, s.Reason, s.Until}
	}
	return out
}

func (n names) jsonResource(f *analyzer.Finding) *jsonResource {
	if f.Resource == nil {
		return nil
	}
	out := &jsonResource{Address: f.Resource.Address, Root: n.root(f.Resource.Root), Construct: f.Resource.Construct, Instances: []jsonInstance{}}
	if at := f.Resource.Place(); !at.IsZero() {
		line := n.jsonLine(at)
		out.File, out.Line = line.File, line.Line
	}
	instances := f.Instances
	if len(instances) == 0 {
		instances = []analyzer.Instance{{Root: rootDir(f.Resource.Root), Address: f.Resource.Address, Calls: f.Resource.Calls}}
	}
	for _, i := range instances {
		instance := jsonInstance{Root: n.of(orDot(i.Root)), Address: i.Address, Calls: []jsonLine{}, Message: i.Message}
		if f.Lesser(i) {
			instance.Severity = i.Severity.String()
		}
		for _, c := range i.Calls {
			if !c.Span.IsZero() {
				instance.Calls = append(instance.Calls, n.jsonLine(c.Span))
			}
		}
		out.Instances = append(out.Instances, instance)
	}
	return out
}

func rootDir(r *terraform.Root) string {
	if r == nil {
		return "."
	}
	return orDot(r.Dir)
}

func (n names) root(r *terraform.Root) string { return n.of(rootDir(r)) }

func (n names) jsonLine(at source.Span) jsonLine {
	return jsonLine{n.of(at.File.Name), at.StartPos().Line}
}

func (n names) jsonLocation(at source.Span) *jsonLocation {
	if at.IsZero() {
		return nil
	}
	start, end := at.StartPos(), at.EndPos()
	return &jsonLocation{n.of(at.File.Name), start.Line, start.Column, end.Line, end.Column}
}
