// Package sarif writes a Report as SARIF 2.1.0.
//
// The form is the one that GitHub code scanning, reviewdog, the VS Code viewer
// and Microsoft's multitool all accept and make the best of, which is narrower
// than the standard: one run, one location per result, at most one fix per
// result and one replacement per fix, in a region that every known consumer
// applies alike. What does not fit that form (alternatives, drafts, changes to
// several files) is in the text, JSON and diff formats.
//
// It is the only package that imports go-sarif, and uses its types alone: the
// library's helpers panic on nil maps, write null for what is not set and
// index unknown rules as 2^64-1.
package sarif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
)

const (
	schema = "https://json.schemastore.org/sarif-2.1.0.json"
	home   = "https://github.com/iamvet/iamvet"

	srcRoot = "%SRCROOT%"

	// maxResults is what GitHub shows; it rejects uploads of 25,000.
	maxResults = 5000
	// maxTags is what GitHub shows of a rule's tags.
	maxTags = 10
	// maxDescription is the length that GitHub allows a rule's descriptions.
	maxDescription = 1024
)

// Options say what goes into a SARIF file beside the violations.
type Options struct {
	// Category tells apart several analyses of one commit on GitHub. When it is
	// "" the file leaves the choice to the upload (its category input).
	Category string
	// Notes includes findings of severity note.
	Notes bool
	// IncludeSuppressed includes what was suppressed, as suppressed results:
	// GitHub shows those as open alerts.
	IncludeSuppressed bool
	// RepositoryURI, RevisionID and Branch say where the boundary was checked
	// out from; all three may be "".
	RepositoryURI string
	RevisionID    string
	Branch        string
}

// Write writes the report as one SARIF log with one run. The same report gives
// the same bytes: there is no time, machine or command line in it.
func Write(w io.Writer, r *analyzer.Report, opt Options) error {
	b := &builder{report: r, opt: opt, hashes: map[string]map[int]string{}, alerts: map[[3]string]bool{}}
	log := logFile{Version: "2.1.0", Schema: schema, Runs: []run{b.run()}}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(log); err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// builder holds what results share.
type builder struct {
	report *analyzer.Report
	opt    Options
	rules  *rules
	taxa   *taxonomies
	// hashes are the line hashes of files, by name and line.
	hashes map[string]map[int]string
	// alerts are those that results are of already, by rule, file and line hash.
	alerts map[[3]string]bool
}

func (b *builder) run() run {
	findings, omitted := capped(b.selected())
	b.rules = newRules(b.report.Checks, findings)
	b.taxa = newTaxonomies(b.rules.checks)
	out := &sarif.Run{
		ColumnKind: "utf16CodeUnits",
		Results:    []*sarif.Result{},
		OriginalUriBaseIDs: map[string]*sarif.ArtifactLocation{
			srcRoot: {Description: text("The root of the repository, or the directory that was scanned when there is none.")},
		},
		Taxonomies: b.taxa.list,
	}
	for _, f := range findings {
		out.Results = append(out.Results, b.result(f))
	}
	out.Invocations = []*sarif.Invocation{b.invocation(omitted)}
	if b.opt.Category != "" {
		out.AutomationDetails = &sarif.RunAutomationDetails{ID: ptr(trimSlashes(b.opt.Category) + "/")}
	}
	if b.opt.RepositoryURI != "" {
		out.VersionControlProvenance = []*sarif.VersionControlDetails{{
			RepositoryURI: ptr(b.opt.RepositoryURI),
			RevisionID:    notEmpty(b.opt.RevisionID),
			Branch:        notEmpty(b.opt.Branch),
			MappedTo:      &sarif.ArtifactLocation{URIBaseId: ptr(srcRoot)},
		}}
	}
	return run{tool{b.driver()}, out}
}

// selected are the findings that become results.
func (b *builder) selected() []*analyzer.Finding {
	var out []*analyzer.Finding
	add := func(findings []*analyzer.Finding) {
		for _, f := range findings {
			if f.Verdict == analyzer.Undetermined || f.Severity == analyzer.Note && !b.opt.Notes {
				continue
			}
			out = append(out, f)
		}
	}
	add(b.report.Findings)
	if b.opt.IncludeSuppressed {
		add(b.report.Suppressed)
	}
	return out
}

// capped keeps the worst of too many findings, in their order, and says how
// many it left out.
func capped(findings []*analyzer.Finding) ([]*analyzer.Finding, int) {
	if len(findings) <= maxResults {
		return findings, 0
	}
	at := make([]int, len(findings))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return findings[at[i]].Severity > findings[at[j]].Severity })
	at = at[:maxResults]
	sort.Ints(at)
	out := make([]*analyzer.Finding, 0, maxResults)
	for _, i := range at {
		out = append(out, findings[i])
	}
	return out, len(findings) - maxResults
}

func text(s string) *sarif.Message { return &sarif.Message{Text: ptr(s)} }

func ptr[T any](v T) *T { return &v }

// notEmpty is nil for "", which SARIF does not accept where it is optional.
func notEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func trimSlashes(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}
