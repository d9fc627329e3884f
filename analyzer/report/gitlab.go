package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// quality is an entry of a report on code quality. All members are required:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type quality struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// qualities are GitLab's words for severities.
var qualities = map[analyzer.Severity]string{
	analyzer.Critical: "blocker", analyzer.High: "critical", analyzer.Medium: "major", analyzer.Low: "minor", analyzer.Note: "info",
}

// GitLab writes a report on code quality, which a merge request shows beside the diff:
// what is in the report of its branch and not in that of its target. Paths are relative
// to the boundary, which has to be the top of the repository.
func GitLab(w io.Writer, r *analyzer.Report) error {
	n := boundaryNames()
	out := []quality{} // an empty report is one of nothing, null is none
	for _, f := range worstFirst(r.Findings) {
		q := quality{Description: f.Check.ID + ": " + f.Message, CheckName: f.Check.ID + " " + f.Check.Name, Severity: qualities[f.Severity]}
		if also := n.also(f); also != "" {
			q.Description += " Also " + also + "."
		}
		for _, g := range f.Includes {
			q.Description += " It implies " + included(g)
		}
		q.Fingerprint = digest(f.Fingerprint)
		q.Location.Path, q.Location.Lines.Begin = n.of(f.File), 1
		if !f.Span.IsZero() {
			q.Location.Path, q.Location.Lines.Begin = n.of(f.Span.File.Name), f.Span.StartPos().Line
		}
		out = append(out, q)
	}
	for _, g := range r.Gaps {
		file, line := n.gapPlace(g)
		if g.Kind != source.ErrorGap || file == "" {
			continue
		}
		q := quality{Description: "not analysed: " + g.Reason, CheckName: "iamvet", Severity: "major", Fingerprint: digest("gap", file, g.Reason)}
		q.Location.Path, q.Location.Lines.Begin = file, max(line, 1)
		out = append(out, q)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// digest is a fingerprint as GitLab likes them, made of texts.
func digest(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		io.WriteString(h, t+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
