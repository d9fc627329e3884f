package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/sarif"
)

// inputFlags are the flags of every command that reads a project.
type inputFlags struct {
	root      string
	config    string
	plans     []string
	states    []string
	exclude   []string
	varFiles  []string
	vars      []string
	workspace string
	account   string
	partition string
	debug     bool
}

func (f *inputFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.root, "root", "", "`DIR` that may be read; default: the nearest parent of PATH with .git, else PATH")
	fl.StringVar(&f.config, "config", "", "settings `FILE`; default: the nearest .iamvet.hcl in PATH or above")
	fl.StringArrayVar(&f.plans, "plan", nil, "plan as JSON (terraform show -json): `FILE`, DIR=FILE, or - for standard input; repeatable")
	fl.StringArrayVar(&f.states, "state", nil, "state, raw or as JSON: `FILE` or DIR=FILE; repeatable")
	fl.StringArrayVar(&f.exclude, "exclude", nil, "`GLOB` of directories not to search; repeatable")
	fl.StringArrayVar(&f.varFiles, "var-file", nil, "`FILE` with values of variables; repeatable")
	fl.StringArrayVar(&f.vars, "var", nil, "`NAME=VALUE` of a variable; repeatable")
	fl.StringVar(&f.workspace, "workspace", "", "`NAME` that terraform.workspace is; unknown by default")
	fl.StringVar(&f.account, "account", "", "12-digit `ID` of the account that the code is for; unknown by default")
	fl.StringVar(&f.partition, "partition", "", "aws, aws-cn or aws-us-gov; unknown by default")
	fl.BoolVar(&f.debug, "debug", false, "say on standard error what is done and which fixes were dropped")
}

type scanFlags struct {
	inputFlags
	formats           []string
	output            string
	failOn            string
	strict            bool
	noColor           bool
	sarifCategory     string
	sarifNotes        bool
	includeSuppressed bool
	credentialReports []string
	authorizations    []string
}

func (p *program) scanCommand() *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "scan [PATH…]",
		Short: "Find who can get in, with the request that shows it and a diff that mends it",
		Long: `Scan the root modules below each PATH (a directory or file; default: the working
directory), or a plan. With --plan and no PATH the plan is analysed alone.

Exit status: 0 nothing at or above --fail-on; 1 violations; 2 something could
not be read, whatever else was found.`,
		Example: `  iamvet scan
  iamvet scan envs/prod --plan plan.json
  terraform show -json plan.out | iamvet scan --plan -
  iamvet scan --credential-report report.csv
  iamvet scan --format text --format sarif=iamvet.sarif .`,
		RunE: func(c *cobra.Command, args []string) error { return p.scan(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	fl := c.Flags()
	fl.StringArrayVar(&f.formats, "format", nil, "text, json, sarif, markdown, github or diff; `NAME[=FILE]`, repeatable")
	fl.StringVarP(&f.output, "output", "o", "", "`FILE` for the format that names none")
	fl.StringArrayVar(&f.credentialReports, "credential-report", nil, "IAM credential `FILE` of an account (CSV, or the JSON of aws iam get-credential-report), to judge what is deployed; repeatable")
	fl.StringArrayVar(&f.authorizations, "account-authorization", nil, "`FILE` that aws iam get-account-authorization-details printed, to judge the roles that are deployed; repeatable")
	fl.StringVar(&f.failOn, "fail-on", "medium", "lowest `SEVERITY` that makes the exit status 1: critical, high, medium, low, or none")
	fl.BoolVar(&f.strict, "strict", false, "limits make the exit status 2, undetermined results 1")
	fl.BoolVar(&f.noColor, "no-color", false, "no colour")
	fl.StringVar(&f.sarifCategory, "sarif-category", "", "`NAME` that tells several uploads of one commit apart")
	fl.BoolVar(&f.sarifNotes, "sarif-notes", false, "put advice (severity note) into SARIF as well")
	fl.BoolVar(&f.includeSuppressed, "sarif-include-suppressed", false, "put suppressed results into SARIF as well")
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
	in, err := p.input(args, &f.inputFlags)
	if err != nil {
		return err
	}
	if in.CredentialReports, err = p.reports("--credential-report", f.credentialReports, in.boundaryDir); err != nil {
		return err
	}
	if in.Authorizations, err = p.reports("--account-authorization", f.authorizations, in.boundaryDir); err != nil {
		return err
	}
	progress := p.startProgress()
	in.Progress = progress.stage
	r, err := analyzer.Analyze(ctx, in.Input, checks.All)
	progress.stop()
	if err != nil {
		return err
	}
	r.Boundary = in.boundaryDir
	if rel, err := filepath.Rel(p.dir, in.boundaryDir); err == nil && in.WorkDir == "" && !strings.HasPrefix(rel, "..") {
		r.Boundary = filepath.ToSlash(rel)
	}
	if r.Summary.Roots == 0 && len(r.Gaps) == 0 && len(in.CredentialReports)+len(in.Authorizations) == 0 {
		fmt.Fprintln(p.stderr, "iamvet: no Terraform files here: nothing was looked at")
	}
	for _, w := range writers {
		if err := w.write(r); err != nil {
			return err
		}
	}
	return status(r, threshold, f.strict)
}

// failOn is the lowest severity that counts; above critical for "none".
func failOn(name string) (analyzer.Severity, error) {
	if name == "none" {
		return analyzer.Critical + 1, nil
	}
	s, ok := analyzer.ParseSeverity(name)
	if !ok || s == analyzer.Note {
		return 0, fmt.Errorf("--fail-on %s: not a severity; critical, high, medium, low or none", name)
	}
	return s, nil
}

// status is the exit status of a report, as an error for cobra.
func status(r *analyzer.Report, threshold analyzer.Severity, strict bool) error {
	for _, g := range r.Gaps {
		if g.Kind == terraform.ErrorGap || strict {
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

// inputOf is an analyzer.Input and what only the command needs to know.
type inputOf struct {
	analyzer.Input
	boundaryDir string
}

// input turns arguments and flags into what is to be analysed.
func (p *program) input(args []string, f *inputFlags) (in inputOf, err error) {
	in.Version = version()
	in.Now = p.now()
	in.Exclude = f.exclude
	in.Options = terraform.Options{Workspace: f.workspace, Account: f.account, Partition: f.partition, Vars: map[string]string{}}
	if f.debug {
		in.Log = slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for _, v := range f.vars {
		name, text, ok := strings.Cut(v, "=")
		if !ok {
			return in, fmt.Errorf("--var %s: write --var NAME=VALUE", v)
		}
		in.Options.Vars[name] = text
	}
	plans, err := p.evidence(f)
	if err != nil {
		return in, err
	}
	if len(args) == 0 && len(plans) == 0 {
		args = []string{"."}
	}
	var paths []string
	for _, arg := range args {
		abs := p.abs(arg)
		if _, err := os.Stat(abs); err != nil {
			in.Gaps = append(in.Gaps, terraform.Gap{Kind: terraform.ErrorGap, File: arg, Reason: arg + " does not exist or cannot be read"})
			continue
		}
		paths = append(paths, abs)
	}
	for _, e := range plans {
		if e.dir != "" {
			paths = append(paths, e.dir)
		}
	}
	if len(paths) == 0 {
		in.boundaryDir = p.dir
		in.ScanRoot, in.WorkDir = ".", "."
		for _, e := range plans {
			in.Plans = append(in.Plans, e.Evidence)
		}
		return in, nil
	}
	return in, p.locate(&in, f, args, paths, plans)
}

// locate finds the boundary and makes every path relative to it.
func (p *program) locate(in *inputOf, f *inputFlags, args, paths []string, plans []evidenceAt) error {
	scanRoot := commonDirectory(paths)
	in.boundaryDir = p.abs(f.root)
	if f.root == "" {
		in.boundaryDir = terraform.FindBoundary(scanRoot)
	}
	boundary, err := terraform.OpenBoundary(in.boundaryDir)
	if err != nil {
		return err
	}
	in.Boundary = boundary
	relative := func(abs string) (string, bool) {
		rel, err := filepath.Rel(in.boundaryDir, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return "", false
		}
		return filepath.ToSlash(rel), true
	}
	for _, abs := range paths {
		rel, ok := relative(abs)
		if !ok {
			in.Gaps = append(in.Gaps, terraform.Gap{Kind: terraform.ErrorGap, File: abs,
				Reason: fmt.Sprintf("%s lies outside %s, which is what may be read: name a common parent with --root", abs, in.boundaryDir)})
			continue
		}
		in.Paths = append(in.Paths, rel)
	}
	for _, file := range f.varFiles {
		rel, ok := relative(p.abs(file))
		if !ok {
			return fmt.Errorf("--var-file %s: lies outside %s, which is what may be read: name a common parent with --root", file, in.boundaryDir)
		}
		in.Options.VarFiles = append(in.Options.VarFiles, rel)
	}
	in.ScanRoot, _ = relative(scanRoot)
	if err := p.settings(in, f); err != nil {
		return err
	}
	in.WorkDir, _ = relative(p.dir)
	for _, e := range plans {
		if e.Name != stdinName {
			abs := p.abs(e.Name)
			if rel, ok := relative(abs); ok {
				e.Name = rel
			} else {
				e.Name = abs
			}
		}
		switch {
		case e.dir != "":
			e.Dir, e.HasDir = relative(e.dir)
		case len(args) > 0:
			e.Dir, e.HasDir = relative(p.abs(args[0]))
			e.Guessed = true
		}
		in.Plans = append(in.Plans, e.Evidence)
	}
	return nil
}

// settings reads the project's .iamvet.hcl. A broken one is a gap: everything
// else is still analysed, with the defaults.
func (p *program) settings(in *inputOf, f *inputFlags) error {
	name := settings.Find(in.Boundary.FS, in.ScanRoot)
	var b []byte
	var err error
	if f.config != "" {
		name = f.config
		b, err = os.ReadFile(p.abs(f.config))
	} else if name != "" {
		b, err = fs.ReadFile(in.Boundary.FS, name)
	} else {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settings %s: %w", name, err)
	}
	in.Settings, err = settings.Parse(source.NewFile(name, b))
	var broken *settings.Error
	if errors.As(err, &broken) {
		in.Gaps = append(in.Gaps, terraform.Gap{Kind: terraform.ErrorGap, Span: broken.Span, File: name, Reason: broken.Text})
	}
	in.Exclude = append(in.Exclude, in.Settings.Exclude...)
	dir := path.Dir(filepath.ToSlash(name))
	for i := range in.Settings.Roots {
		root := &in.Settings.Roots[i]
		root.Dir = path.Join(dir, root.Dir)
		if !terraform.HasConfiguration(in.Boundary, root.Dir) {
			in.Gaps = append(in.Gaps, terraform.Gap{Kind: terraform.ErrorGap, File: name,
				Reason: fmt.Sprintf("root %q has no Terraform configuration", root.Dir)})
		}
	}
	return nil
}

func (p *program) abs(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	path = filepath.Clean(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// commonDirectory is the deepest directory that holds all paths; the parent
// where a path is a file.
func commonDirectory(paths []string) string {
	common := ""
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			path = filepath.Dir(path)
		}
		if common == "" {
			common = path
			continue
		}
		for common != path && !strings.HasPrefix(path, strings.TrimSuffix(common, string(filepath.Separator))+string(filepath.Separator)) {
			common = filepath.Dir(common)
		}
	}
	return common
}

// evidenceAt is a plan or state and the absolute directory it was named with.
type evidenceAt struct {
	analyzer.Evidence
	dir string
}

// stdinName stands for standard input among file names.
const stdinName = "-"

// evidence reads the plans and states. One that cannot be read is an error of
// usage; one that can be read and is not a plan is a gap, found later.
func (p *program) evidence(f *inputFlags) ([]evidenceAt, error) {
	var out []evidenceAt
	read := func(arg string, state bool) error {
		e := evidenceAt{Evidence: analyzer.Evidence{Name: arg, State: state}}
		if dir, file, ok := strings.Cut(arg, "="); ok {
			if info, err := os.Stat(p.abs(dir)); err == nil && info.IsDir() {
				e.dir, e.Name = p.abs(dir), file
			}
		}
		var err error
		if e.Name == "-" {
			e.Name = stdinName
			e.Bytes, err = io.ReadAll(p.stdin)
		} else {
			e.Bytes, err = os.ReadFile(p.abs(e.Name))
		}
		out = append(out, e)
		return err
	}
	for _, arg := range f.plans {
		if err := read(arg, false); err != nil {
			return nil, fmt.Errorf("--plan %s: %w", arg, err)
		}
	}
	for _, arg := range f.states {
		if err := read(arg, true); err != nil {
			return nil, fmt.Errorf("--state %s: %w", arg, err)
		}
	}
	return out, nil
}

// writer writes a report in one format to one place.
type writer struct {
	write func(*analyzer.Report) error
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
		out = append(out, writer{func(r *analyzer.Report) error {
			var b bytes.Buffer
			if err := format(&b, r); err != nil {
				return fmt.Errorf("writing %s: %w", name, err)
			}
			if file == "" || file == "-" {
				_, err := p.stdout.Write(b.Bytes())
				return err
			}
			return writeFile(p.abs(file), name, b.Bytes())
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

func (p *program) format(name string, toStdout bool, f *scanFlags) (func(io.Writer, *analyzer.Report) error, error) {
	switch name {
	case "text":
		color := toStdout && p.stdoutTerminal && !p.noColor && !f.noColor
		return func(w io.Writer, r *analyzer.Report) error {
			return report.Text(w, r, report.TextOptions{Color: color})
		}, nil
	case "json":
		return report.JSON, nil
	case "markdown":
		return report.Markdown, nil
	case "github":
		return report.GitHub, nil
	case "diff":
		return func(w io.Writer, r *analyzer.Report) error {
			skipped, err := report.Diff(w, r)
			for _, s := range skipped {
				fmt.Fprintf(p.stderr, "iamvet: a fix of %s is left out, because it changes the same text as one before it: run again after applying the diff (%s)\n", s.Finding.Check.ID, s.Fix.Message)
			}
			return err
		}, nil
	case "sarif":
		return func(w io.Writer, r *analyzer.Report) error {
			return sarif.Write(w, r, sarif.Options{Category: f.sarifCategory, Notes: f.sarifNotes, IncludeSuppressed: f.includeSuppressed})
		}, nil
	}
	return nil, fmt.Errorf("--format %s: not a format; text, json, sarif, markdown, github or diff", name)
}

// writeFile replaces a file at once, so that no reader sees half of it. The
// job summary of GitHub Actions is a file that other steps write to as well:
// Markdown is appended.
func writeFile(path, format string, b []byte) error {
	if format == "markdown" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		_, err = f.Write(b)
		return errors.Join(err, f.Close())
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, b, 0o644) // a device or pipe
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".iamvet-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
