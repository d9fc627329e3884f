package picture

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/report"
)

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// Page is what a page of HTML shows; each part may be left out.
type Page struct {
	Report        *analyzer.Report
	Organizations *Organizations
	Graph         *Graph
	Version       string
}

// pageData is what the template gets.
type pageData struct {
	CSP, Title, Foot             string
	Style                        template.CSS
	Script, Data                 template.JS
	Lead                         []string
	First                        []firstLine
	Then                         string
	Gaps                         []string
	Organizations, Graph, Report bool
}

// firstLine is a finding of those to mend first.
type firstLine struct {
	Severity, Symbol, Class, Message, Fix, Place string
	Index                                        int
}

// pageJSON is what the script gets.
type pageJSON struct {
	Report        json.RawMessage `json:"report,omitempty"`
	Accounts      []string        `json:"accounts,omitempty"` // of the findings, then of what is undetermined
	Organizations *Organizations  `json:"organizations,omitempty"`
	Graph         *Graph          `json:"graph,omitempty"`
}

// HTML writes the page: one file that asks for nothing else. What is in it of the scan
// is data that its script reads; the policy lets no other script or style in, and nothing
// out.
func HTML(w io.Writer, p *Page) error {
	data := pageData{
		CSP:           "default-src 'none'; style-src '" + hashed(pageStyle) + "'; script-src '" + hashed(pageScript) + "'; base-uri 'none'; form-action 'none'",
		Title:         "iamvet",
		Style:         template.CSS(pageStyle),
		Script:        template.JS(pageScript),
		Organizations: p.Organizations != nil && len(p.Organizations.Organizations) > 0,
		Graph:         p.Graph != nil && len(p.Graph.Edges) > 0,
		Report:        p.Report != nil,
		Foot:          "iamvet " + p.Version + ". This page needs nothing but itself: no request leaves it.",
	}
	var to pageJSON
	if data.Organizations {
		to.Organizations, data.Title = p.Organizations, "Organization"
	}
	if data.Graph {
		to.Graph, data.Title = p.Graph, "Who can become whom"
	}
	if r := p.Report; r != nil {
		data.Title = "What iamvet found"
		if err := data.report(r, &to); err != nil {
			return err
		}
	}
	// Marshal escapes what ends a script.
	b, err := json.Marshal(to)
	if err != nil {
		return err
	}
	data.Data = template.JS(b)
	return pageTemplate.Execute(w, data)
}

// hashed is a text as a content security policy lets it in.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (d *pageData) report(r *analyzer.Report, to *pageJSON) error {
	var text bytes.Buffer
	if err := report.JSON(&text, r); err != nil {
		return err
	}
	to.Report = text.Bytes()
	to.Accounts = []string{}
	for _, f := range slices.Concat(r.Findings, r.Undetermined) {
		account := ""
		if f.Resource != nil {
			account = identity.AccountOf(f.Resource)
		}
		to.Accounts = append(to.Accounts, account)
	}
	d.Lead = lead(r)
	d.first(r)
	for _, g := range r.Gaps {
		d.Gaps = append(d.Gaps, report.Clean(report.GapText(g, r)))
	}
	return nil
}

// lead is the verdict in a sentence or two.
func lead(r *analyzer.Report) []string {
	s := r.Summary
	var by []string
	for sev := analyzer.Critical; sev > analyzer.Note; sev-- {
		if n := s.BySeverity[sev.String()]; n > 0 {
			by = append(by, fmt.Sprintf("%d %s", n, sev))
		}
	}
	text := "No violation was found"
	if s.Violations > 0 {
		text = fmt.Sprintf("%d %s: %s", s.Violations, plural(s.Violations, "violation", "violations"), strings.Join(by, ", "))
	}
	if s.Undetermined > 0 {
		text += fmt.Sprintf("; %d %s undetermined", s.Undetermined, plural(s.Undetermined, "question is", "questions are"))
	}
	if s.Suppressed > 0 {
		text += fmt.Sprintf("; %d known", s.Suppressed)
	}
	return []string{text + ".", fmt.Sprintf("%d %s in %d %s of %d %s were read.", s.Resources, plural(s.Resources, "resource", "resources"), s.Roots, plural(s.Roots, "root module", "root modules"), s.Files, plural(s.Files, "file", "files"))}
}

// mostFirst are the findings that stand at the top.
const mostFirst = 5

// marks tell severities apart without colours.
var marks = map[analyzer.Severity][2]string{
	analyzer.Critical: {"✕✕", "free"}, analyzer.High: {"✕", "free"}, analyzer.Medium: {"◐", "part"}, analyzer.Low: {"○", "part"}, analyzer.Note: {"i", "none"},
}

// first are the worst findings, those with a fix before others.
func (d *pageData) first(r *analyzer.Report) {
	type ranked struct {
		f  *analyzer.Finding
		at int
	}
	var list []ranked
	for i, f := range r.Findings {
		if f.Verdict == analyzer.Violation {
			list = append(list, ranked{f, i})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		if a.f.Severity != b.f.Severity {
			return int(b.f.Severity) - int(a.f.Severity)
		}
		return ready(b.f) - ready(a.f)
	})
	for _, x := range list[:min(mostFirst, len(list))] {
		l := firstLine{Severity: x.f.Severity.String(), Symbol: marks[x.f.Severity][0], Class: marks[x.f.Severity][1], Message: report.Clean(x.f.Message), Place: x.f.Check.ID, Index: x.at}
		if x.f.Resource != nil {
			l.Place = report.Clean(x.f.Resource.Address)
		}
		if len(x.f.Fixes) > 0 {
			l.Fix = report.Clean(x.f.Fixes[0].Message)
		}
		d.First = append(d.First, l)
	}
	if n := len(list) - len(d.First); n > 0 {
		d.Then = fmt.Sprintf("Then %d more: iamvet fix applies what is verified.", n)
	}
}

// ready says that a fix can be applied as it is.
func ready(f *analyzer.Finding) int {
	if slices.ContainsFunc(f.Fixes, func(x *analyzer.Fix) bool { return x.Grade != analyzer.Draft }) {
		return 1
	}
	return 0
}
