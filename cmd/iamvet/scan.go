package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/graph"
	"github.com/iamvet/iamvet/analyzer/picture"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/sarif"
)

type scanFlags struct {
	inputFlags
	certificates      certificateFlags
	formats           []string
	output            string
	failOn            string
	minSeverity       string
	baseline          string
	newSince          string
	before            beforeFlags
	configFrom        string
	rules             []string
	skipRules         []string
	strict            bool
	noColor           bool
	verbose           bool
	parseAll          bool
	sarifCategory     string
	sarifNotes        bool
	sarifSuppressed   bool
	credentialReports []string
	authorizations    []string
	// shown are the organizations and the trust graph of what is scanned, for a page that
	// shows them; known once the input is.
	shown func() (*picture.Page, error)
}

func (p *program) scanCommand() *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:        "scan [PATH…]",
		SuggestFor: []string{"check", "lint", "analyze", "analyse", "test", "run", "plan", "conf", "config-scan"},
		Short:      "Find who can get in, with the request that shows it and a diff that mends it",
		Long: `Scan the root modules below each PATH (default: the working directory), or a plan.
With --plan and no PATH the plan is analysed alone. A PATH that is a file was changed: the
root modules that it reaches are scanned, as the callers of its module and the readers of
a policy, and what it has to do with is reported.

Exit status: 0 nothing at or above --fail-on; 1 violations; 2 something could
not be read, or a PATH has nothing to look at, whatever else was found.`,
		Example: `  iamvet scan
  iamvet scan envs/prod --plan plan.json
  terraform show -json plan.out | iamvet scan --plan -
  iamvet scan -- modules/ci/main.tf policies/deny-root.json
  iamvet scan --credential-report report.csv
  iamvet scan --format text --format sarif=iamvet.sarif .`,
		RunE: func(c *cobra.Command, args []string) error { return p.scan(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	f.certificates.add(c)
	fl := c.Flags()
	fl.StringArrayVar(&f.formats, "format", nil, alternatives(formats)+"; `NAME[=FILE]`, repeatable")
	fl.StringVarP(&f.output, "output", "o", "", "`FILE` for the format that names none")
	fl.StringArrayVar(&f.credentialReports, "credential-report", nil, "IAM credential `FILE` of an account (CSV, or the JSON of aws iam get-credential-report), or what aws iam list-virtual-mfa-devices printed, to judge what is deployed; repeatable")
	fl.StringArrayVar(&f.authorizations, "account-authorization", nil, "`FILE` that aws iam get-account-authorization-details printed, to judge the roles and users that are deployed; repeatable")
	fl.StringVar(&f.at, "at", "", "`DATE` that ages of keys and credentials are measured to, such as 2021-01-24 or 2021-01-24T10:00:00Z; default: now")
	fl.StringVar(&f.failOn, "fail-on", "medium", "lowest `SEVERITY` that makes the exit status 1: critical, high, medium, low, or none")
	fl.StringVar(&f.minSeverity, "min-severity", "note", "lowest `SEVERITY` that is reported at all: critical, high, medium, low or note")
	fl.StringVar(&f.baseline, "baseline", "", "`FILE` of findings that are known, which iamvet baseline wrote")
	fl.StringVar(&f.newSince, "new-since", "", "`REVISION` of git: report what came since HEAD left it, or is worse now, what is not committed included")
	f.before.add(c)
	fl.StringVar(&f.configFrom, "config-from", "", "`REVISION` of git: settings and baseline are those of where HEAD left it, and changes to them and ignores that came since are told")
	fl.StringArrayVar(&f.rules, "rule", nil, "`RULE` to report, by id or name; repeatable; default: all that the settings leave on")
	fl.StringArrayVar(&f.skipRules, "skip-rule", nil, "`RULE` not to report; repeatable")
	fl.BoolVar(&f.strict, "strict", false, "limits make the exit status 2, undetermined results 1")
	fl.BoolVar(&f.noColor, "no-color", false, "no colour")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "print every gap, every undetermined result and every line of a fix, also where they are many")
	fl.BoolVar(&f.parseAll, "parse-all", false, "report syntax errors also inside of blocks that nothing asks for")
	fl.StringVar(&f.sarifCategory, "sarif-category", "", "`NAME` that tells several uploads of one commit apart")
	fl.BoolVar(&f.sarifSuppressed, "sarif-include-suppressed", false, "put what is suppressed into SARIF as well, as suppressed results: GitHub shows those as open alerts")
	fl.BoolVar(&f.sarifNotes, "sarif-notes", false, "put advice (severity note) into SARIF as well")
	return c
}

func (p *program) scan(ctx context.Context, args []string, f *scanFlags) error {
	writers, err := p.writers(f)
	if err != nil {
		return err
	}
	threshold, err := failOn(f.failOn)
	if err != nil {
		return err
	}
	gate := p.gateAt(ctx, f)
	f.changes = true
	in, err := p.input(args, &f.inputFlags)
	defer gate.close()
	if err != nil {
		return err
	}
	if in.Boundary != nil {
		in.Boundary.ParseAll = f.parseAll
	}
	if in.large && os.Getenv("GOGC") == "" {
		// What is kept of a large plan is little beside what comes and goes while it is
		// judged: to collect that more often costs a tenth or two of the time.
		debug.SetGCPercent(40)
	}
	if in.CredentialReports, err = p.reports("--credential-report", f.credentialReports, in.boundaryDir); err != nil {
		return err
	}
	if in.Authorizations, err = p.reports("--account-authorization", f.authorizations, in.boundaryDir); err != nil {
		return err
	}
	if in.Wanted, err = wantedRules(f.rules, f.skipRules); err != nil {
		return err
	}
	if in.MinSeverity, err = minSeverity(f.minSeverity); err != nil {
		return err
	}
	if f.baseline != "" {
		if in.Baseline, err = gate.baseline(p, &in, f.baseline); err != nil {
			return fmt.Errorf("--baseline: %w", err)
		}
	}
	decisions, decided, err := f.certificates.collect(in.Wanted)
	if err != nil {
		return err
	}
	in.Decided = decided
	in.AllowEmpty = in.AllowEmpty || len(in.CredentialReports)+len(in.Authorizations) > 0
	var newly *comparison.Comparison
	if f.newSince != "" || f.before.given() {
		if in.Before, newly, err = p.before(ctx, in, args, f); err != nil {
			return fmt.Errorf("--new-since: %w", err)
		}
	}
	gate.tell(&in)
	f.shown = func() (*picture.Page, error) { return p.pictures(ctx, in) }
	progress := p.startProgress()
	in.Progress = progress.stage
	r, err := engine.Analyze(ctx, in.Input, checks.All)
	progress.stop()
	if err != nil {
		return err
	}
	if in.Before != nil {
		p.sayMended(r, in.Before)
		r.Newly = newly
	}
	r.Boundary = p.shownBoundary(in)
	if r.Summary.Roots == 0 && len(r.Gaps) == 0 && len(in.Changed) == 0 && len(in.CredentialReports)+len(in.Authorizations) == 0 {
		where := "here"
		if len(args) > 0 {
			where = "in " + strings.Join(args, ", ")
		}
		fmt.Fprintf(p.stderr, "iamvet: no Terraform files %s: nothing was looked at\n", where)
	}
	if r.Gone > 0 {
		fmt.Fprintf(p.stderr, "iamvet: %d of %s %s found no more: iamvet baseline --prune -o %s takes them out\n", r.Gone, f.baseline, plural(r.Gone, "is", "are"), f.baseline)
	}
	if err := p.writeCertificates(&f.certificates, decisions, in.boundaryDir); err != nil {
		return err
	}
	for _, w := range writers {
		if err := w.write(ctx, r, in.boundaryDir); err != nil {
			return err
		}
	}
	return status(r, threshold, f.strict)
}

// pictures reads once more what was scanned: a scan keeps no model of it.
func (p *program) pictures(ctx context.Context, in inputOf) (*picture.Page, error) {
	model, _, _, err := engine.LoadModel(ctx, in.Input)
	if err != nil {
		return nil, err
	}
	v := viewer(model, in.ScanRoot)
	organizations, err := v.Organizations(model, &in.Settings, in.Now)
	if err != nil {
		return nil, err
	}
	return &picture.Page{Organizations: organizations, Graph: v.Graph(graph.Build(model, in.Now))}, nil
}

// wantedRules says which rules are reported: those of only, or all, without those to skip.
func wantedRules(only, skip []string) (func(*analyzer.Check) bool, error) {
	named := func(flag string, names []string) (map[*analyzer.Check]bool, error) {
		out := map[*analyzer.Check]bool{}
		for _, name := range names {
			c, err := rule(name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", flag, err)
			}
			out[c] = true
		}
		return out, nil
	}
	wanted, err := named("--rule", only)
	if err != nil {
		return nil, err
	}
	skipped, err := named("--skip-rule", skip)
	if err != nil {
		return nil, err
	}
	return func(c *analyzer.Check) bool { return (len(wanted) == 0 || wanted[c]) && !skipped[c] }, nil
}

func minSeverity(name string) (analyzer.Severity, error) {
	s, ok := analyzer.ParseSeverity(name)
	if !ok {
		return 0, fmt.Errorf("--min-severity %s: not a severity; critical, high, medium, low or note%s", name, didYouMean(name, []string{"critical", "high", "medium", "low", "note"}))
	}
	return s, nil
}

// failOn is the lowest severity that counts; above critical for "none".
func failOn(name string) (analyzer.Severity, error) {
	if name == "none" {
		return analyzer.Critical + 1, nil
	}
	s, ok := analyzer.ParseSeverity(name)
	if !ok || s == analyzer.Note {
		known := []string{"critical", "high", "medium", "low", "none"}
		return 0, fmt.Errorf("--fail-on %s: not a severity; critical, high, medium, low or none%s", name, didYouMean(name, known))
	}
	return s, nil
}

// status is the exit status of a report, as an error for cobra.
func status(r *analyzer.Report, threshold analyzer.Severity, strict bool) error {
	for _, g := range r.Gaps {
		if g.Kind == source.ErrorGap || strict {
			return exit{exitBroken}
		}
	}
	for _, f := range r.Findings {
		if f.Verdict == analyzer.Violation && f.Severity >= threshold {
			return exit{exitViolations}
		}
	}
	if strict && len(r.Undetermined) > 0 {
		return exit{exitViolations}
	}
	return nil
}

// writer writes a report in one format to one place.
type writer struct {
	write func(ctx context.Context, r *analyzer.Report, boundaryDir string) error
}

func (p *program) writers(f *scanFlags) ([]writer, error) {
	specs := f.formats
	if len(specs) == 0 {
		specs = []string{"text"}
	}
	var out []writer
	stdout := 0
	for _, spec := range specs {
		name, file, _ := strings.Cut(spec, "=")
		if file == "" && f.output != "" {
			file, f.output = f.output, ""
		}
		if file == "" {
			stdout++
		}
		format, err := p.format(name, file == "" || file == "-", f)
		if err != nil {
			return nil, err
		}
		out = append(out, writer{func(ctx context.Context, r *analyzer.Report, boundaryDir string) error {
			var b bytes.Buffer
			if err := format(&b, r); err != nil {
				return fmt.Errorf("writing %s: %w", name, err)
			}
			if name != "diff" && name != "github" { // a patch is bytes of files, and annotations are commands
				b = *bytes.NewBuffer(report.Inert(b.Bytes()))
			}
			if file == "" || file == "-" {
				_, err := p.stdout.Write(b.Bytes())
				return err
			}
			return p.writeOutput(ctx, boundaryDir, file, name, b.Bytes())
		}})
	}
	if stdout > 1 {
		return nil, fmt.Errorf("two formats on standard output: give all but one a file, --format NAME=FILE")
	}
	if f.output != "" {
		return nil, fmt.Errorf("--output %s: every format has a file already", f.output)
	}
	return out, nil
}

// formats are the formats of a report.
var formats = []string{"text", "json", "sarif", "markdown", "html", "github", "gitlab", "junit", "diff"}

func (p *program) format(name string, toStdout bool, f *scanFlags) (func(io.Writer, *analyzer.Report) error, error) {
	switch name {
	case "text":
		color := toStdout && p.stdoutTerminal && !p.noColor && !f.noColor
		width := 0
		if toStdout {
			width = p.columns
		}
		return func(w io.Writer, r *analyzer.Report) error {
			return report.Text(w, r, report.TextOptions{Color: color, Width: width, Verbose: f.verbose})
		}, nil
	case "json":
		return report.JSON, nil
	case "markdown":
		return report.Markdown, nil
	case "github":
		return report.GitHub, nil
	case "html":
		return func(w io.Writer, r *analyzer.Report) error {
			page, err := f.shown()
			if err != nil {
				return err
			}
			page.Report, page.Version = r, r.Version
			return picture.HTML(w, page)
		}, nil
	case "gitlab":
		return report.GitLab, nil
	case "junit":
		return report.JUnit, nil
	case "diff":
		return func(w io.Writer, r *analyzer.Report) error {
			skipped, err := report.Diff(w, r)
			if r.Settings != nil { // a patch has no place for it
				fmt.Fprintln(p.stderr, "iamvet: "+report.SettingsWords(r))
			}
			for _, s := range skipped {
				fmt.Fprintf(p.stderr, "iamvet: a fix of %s is left out, because it changes the same text as one before it: run again after applying the diff (%s)\n", s.Finding.Check.ID, s.Fix.Message)
			}
			return err
		}, nil
	case "sarif":
		return func(w io.Writer, r *analyzer.Report) error {
			return sarif.Write(w, r, sarif.Options{Category: f.sarifCategory, Notes: f.sarifNotes, IncludeSuppressed: f.sarifSuppressed})
		}, nil
	}
	return nil, fmt.Errorf("--format %s: not a format; %s%s", name, alternatives(formats), didYouMean(name, formats))
}
