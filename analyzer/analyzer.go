// Package analyzer is the vocabulary that checks speak and that reports print: a
// Check, the Pass it gets, the Findings and Fixes it makes of it. What runs checks
// and verifies fixes is package engine.
package analyzer

import (
	"context"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Severity orders findings. The zero Severity is Note: advice about something
// that works but breaks or surprises, never a violation in the counts.
type Severity int8

// The severities.
const (
	Note Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"note", "low", "medium", "high", "critical"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity is the severity of that name.
func ParseSeverity(name string) (Severity, bool) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), true
		}
	}
	return 0, false
}

// Verdict is what was decided about a resource. Compliant and not applicable
// leave no finding.
type Verdict int8

// The verdicts of findings. The zero Verdict is Undetermined.
const (
	Undetermined Verdict = iota
	Violation
	Advice // severity note
)

func (v Verdict) String() string { return [...]string{"undetermined", "violation", "advice"}[v] }

// Reference is a page that a rule rests on.
type Reference struct{ Title, URL string }

// Control is a requirement of a published framework that a check supports.
type Control struct{ Framework, ID string } // "cis-5.0", "1.3"

// Check is one rule: a value, not a type. Its fields are the only source of
// the rule's documentation (iamvet explain, docs/rules, SARIF rules).
type Check struct {
	ID    string // IV101; never reused
	Name  string // root-access-key
	Title string // what a violation is, in the indicative, no full stop: "an access key belongs to the root user"
	// Severity is the default; Severities are all that the check may report,
	// the default first.
	Severity   Severity
	Severities []Severity
	// Doc has fixed paragraphs: what it finds; why it matters; when it is fine.
	Doc         string
	Remediation string
	Mends       []Mend // the kinds of fixes that it offers
	References  []Reference
	Controls    []Control
	Tags        []string // for SARIF, beside "security"
	// Estate says that the check asks about all roots together, about the
	// organization say. Others ask about each root on its own: a fix in one
	// changes nothing in another. A check on a role, of either kind, asks about
	// that role alone, and no other looks at roles: a fix of one role is verified
	// without the others (identity.Part).
	Estate bool
	// People says that an Estate check asks about each user: what the organization's
	// policies and those of its own root make of it. No other Estate check looks at
	// users, groups, their keys, passwords and policies.
	People bool
	// Settings are the names of the project's settings that the rule asks for,
	// beside those that are for all rules.
	Settings []string
	// Behind is the id of a rule whose violations silence this one: what a fix of
	// such a violation uncovers is not held against the fix.
	Behind string
	// Under is the id of a rule whose violation by a statement implies this one's: of
	// both by one statement the worse is said, and includes the other.
	Under string
	// Run judges what configurations, plans and states declare; nil for a check
	// that only evidence decides.
	Run func(*Pass) error
	// Subjects are the types of the resources that the check decides about, and Tell
	// says of one of them, when somebody asks, why there is no finding about it. It
	// rests on the same proofs as Run, is never called where Run or Deployed has a
	// finding on the resource, and costs nothing in a scan.
	Subjects []string
	Tell     func(*Pass, *terraform.Resource) *Told
	// Deployed judges Model.Reported, the credential reports of accounts; nil for
	// a check that they say nothing about. It runs once, after the fixes are
	// verified: no fix changes what is deployed.
	Deployed func(*Pass) error
}

// Pass is what a check gets: the model of everything that was scanned, and
// where to put findings.
type Pass struct {
	Check *Check
	Model *identity.Model
	// Settings are the project's own.
	Settings *settings.Settings
	// Memo keeps what is costly to work out and the same for equal questions,
	// across the runs that verify fixes.
	Memo *Memo
	// Now is when the run takes place: what ages are counted from. The zero Time
	// leaves ages unjudged.
	Now time.Time
	// Found is what Run found, for Deployed: evidence may make it worse, or decide
	// what was undetermined.
	Found []*Finding

	// Context ends what is judged; nil never does. A check whose run has ended returns
	// what it has: nobody looks at it.
	Context context.Context
	// Take gets each finding of Report.
	Take func(*Finding)
	// Decided gets what proofs decided, of what is compliant as well; nil where nobody
	// asks for certificates.
	Decided func(certificate.Decision)
}

// Certify tells what a proof decided about a resource.
func (p *Pass) Certify(r *terraform.Resource, d certificate.Decision) {
	if p.Decided != nil && r != nil {
		d.Rule, d.Address = p.Check.ID, r.Address
		if r.Root != nil {
			d.Root = r.Root.Dir
		}
		p.Decided(d)
	}
}

// Report adds a finding. Misuse (no check, no message, fixes out of range)
// panics: it is a bug of the check.
func (p *Pass) Report(f *Finding) {
	if f.Check == nil {
		f.Check = p.Check
	}
	p.Take(f)
}

// Over says that the run has come to its end: who judges many asks it before each.
func (p *Pass) Over() bool { return p.Context != nil && p.Context.Err() != nil }

// Each judges n subjects, on all cores. Each call of judge has a Pass of its own, and
// what it reports comes in the order of the subjects; of those after one that
// panics, nothing does. None is begun when the run is over.
func (p *Pass) Each(n int, judge func(p *Pass, i int)) {
	found, decided := make([][]*Finding, n), make([][]certificate.Decision, n)
	whole := n
	defer func() {
		for i := range whole {
			for _, f := range found[i] {
				p.Take(f)
			}
			for _, d := range decided[i] {
				p.Decided(d)
			}
		}
	}()
	defer func() {
		if r := recover(); r != nil {
			if crash, ok := r.(*cores.Panic); ok {
				whole = crash.Index + 1
			}
			panic(r)
		}
	}()
	cores.Each(n, func(i int) {
		if p.Over() {
			return
		}
		own := *p
		own.Take = func(f *Finding) { found[i] = append(found[i], f) }
		if p.Decided != nil {
			own.Decided = func(d certificate.Decision) { decided[i] = append(decided[i], d) }
		}
		judge(&own, i)
	})
}

// Finding is one defect at one place, or (Verdict Undetermined) a question
// that a value not at hand would decide.
type Finding struct {
	Check    *Check
	Verdict  Verdict
	Severity Severity
	Resource *terraform.Resource // nil only for findings about a report or file
	// Span is the offending text, tight: an attribute, a condition, a header.
	Span    source.Span
	Message string // one sentence or two, with a full stop; dynamic parts in 'single quotes'
	// Defect is the class of the defect, a stable word for the fingerprint:
	// "missing", "vacuous", "bool-without-if-exists".
	Defect string
	// Question tells what a rule asks of a resource apart where it asks more than
	// one thing; "" is the rule's own.
	Question string
	// Pinned says that the severity is the project's own already: its settings for
	// the rule do not replace it.
	Pinned bool
	// Statement is the canonical text of the statement concerned, for the
	// fingerprint; "" when there is none.
	Statement   string
	Witness     *Witness
	Related     []Related
	Assumptions []*value.Assumption
	Needs       []value.Reason // of an undetermined finding: what would decide it
	Fixes       []*Fix
	// More makes one note of a rule's findings that have it: the message of the first,
	// where so many more say the same.
	More func(more int) string
	// Offer works out further fixes. It is called only when they are wanted:
	// not while another fix is verified, and once for merged findings.
	Offer func() []*Fix

	// Filled in by engine.Analyze.
	// Fetched is where the text is of a finding in a module that terraform init has
	// fetched; its Span is then the call of the module in the repository.
	Fetched source.Span
	// Others are the notes that this one stands for; see More.
	Others []*Finding
	// Includes are findings that this one says as well: violations that it implies, or
	// questions that the same variable decides. They are whole, with their own fixes and
	// fingerprints, and count with this one, as one.
	Includes []*Finding
	// File is what a finding without a Span is about: the plan or state it comes
	// from, as a path like source.File.Name. It gives SARIF a place to point at.
	File        string
	Instances   []Instance
	Fingerprint string // iamvet/v2
	// FingerprintV1 is what Fingerprint was until November 2026.
	FingerprintV1 string
	Suppression   *Suppression
}

// Remedy is what the rule says to do, in its first paragraph, about a violation whose
// message does not: messages say what to do of this finding after a semicolon, and
// notes always do.
func (f *Finding) Remedy() string {
	if f.Verdict != Violation || strings.Contains(f.Message, "; ") {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSpace(f.Check.Remediation), "\n\n")
	return strings.TrimSpace(first)
}

// Witness is the request that gets through.
type Witness struct {
	Principal string            // "arn:aws:iam::111122223333:user/alice", or in words
	Action    string            // sts:AssumeRole
	Resource  string            // "" when any
	Context   map[string]string // condition keys that are present
	Absent    []string          // condition keys that the request does not carry, sorted
	Words     string            // the request in a sentence, for people
}

// Related is another place that matters: the user of a key, a module call.
type Related struct {
	Message string
	Span    source.Span
	Address string // of the resource it is about; may be ""
}

// Suppression is who said that a finding is not to count, and why.
type Suppression struct {
	By     string // "comment", "config", "baseline"
	Reason string
	Until  string // 2027-01-31; "" for ever
	Span   source.Span
}

// Report is the result of a run.
type Report struct {
	Version      string // of iamvet
	Checks       []*Check
	Findings     []*Finding // violations and advice, in order; see Every
	Undetermined []*Finding
	Suppressed   []*Finding
	// Untouched are those of the root modules that were looked at for the sake of changed
	// files, which have nothing to do with them. They are told nowhere.
	Untouched []*Finding
	// Known are those of the baseline (their places in it) that were found, or that are of
	// what was not looked at, in its order, and Gone is how many are found no more.
	Known   []int
	Gone    int
	Gaps    []source.Gap
	Summary Summary

	// ScanRoot is the scan root relative to the boundary ("." when equal):
	// paths in JSON are relative to it.
	ScanRoot string
	// WorkDir is the working directory relative to the boundary, for text
	// output; "" when it lies outside, and then Boundary is printed in front.
	WorkDir string
	// Boundary is the directory that all names are relative to: absolute, or
	// relative to a working directory above it.
	Boundary string
	// Settings are those that counted; nil where there were none.
	Settings *UsedSettings
	// Newly is what the change newly allows that the report is about; nil where that was
	// not compared.
	Newly *comparison.Comparison
}

// All are the findings of a report and what could not be decided, with those that
// others include.
func (r *Report) All() []*Finding { return append(Every(r.Findings), Every(r.Undetermined)...) }

// Every is findings, each followed by those that it includes.
func Every(findings []*Finding) []*Finding {
	out := make([]*Finding, 0, len(findings))
	for _, f := range findings {
		out = append(append(out, f), f.Includes...)
	}
	return out
}

// UsedSettings are what a project's settings file changes of a run.
type UsedSettings struct {
	File  string   `json:"file"`  // as the other names of the report
	Given []string `json:"given"` // the settings that it has
}

// Summary counts.
type Summary struct {
	Files        int            `json:"files"`
	Roots        int            `json:"roots"`
	Resources    int            `json:"resources"`
	Violations   int            `json:"violations"`
	Advice       int            `json:"advice"`
	Undetermined int            `json:"undetermined"`
	Suppressed   int            `json:"suppressed"`
	Gaps         int            `json:"gaps"`
	BySeverity   map[string]int `json:"bySeverity"`
}

// Called says that a rule goes by that id or name.
func (c *Check) Called(name string) bool {
	return strings.EqualFold(c.ID, name) || c.Name == name
}

// Crashes is the class of gaps that are faults of iamvet.
const Crashes = "faults of iamvet"
