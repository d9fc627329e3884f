// Package engine runs checks over what was read, verifies the fixes they offer by
// applying them in memory and running again, and returns an analyzer.Report. It
// knows no rule: checks are handed to it.
package engine

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Input is what one run looks at.
type Input struct {
	// Version is iamvet's, for the report.
	Version string
	// Boundary is what may be read; nil when only plans and states are given.
	Boundary *workspace.Boundary
	// Paths are the directories and files to report on, relative to the
	// boundary. None: only Plans are looked at.
	Paths   []string
	Exclude []string // globs of directories that are not searched for roots
	// AllowEmpty says that a directory of Paths without configuration is right.
	AllowEmpty bool
	// OnlyPaths takes the root module at each path and looks below only where
	// there is no configuration.
	OnlyPaths bool
	Options   terraform.Options
	Plans     []Evidence // plans and states
	// CredentialReports are IAM's, one for each account, and lists of the virtual
	// MFA devices of accounts.
	CredentialReports []*source.File
	// Authorizations are what aws iam get-account-authorization-details prints,
	// one for each account.
	Authorizations []*source.File
	// Settings are the project's own (.iamvet.hcl).
	Settings settings.Settings
	// ScanRoot and WorkDir: see Report.
	ScanRoot, WorkDir string
	// Now is when the run takes place; ages are counted from it.
	Now time.Time
	// Gaps were met before the analysis: a missing path, say.
	Gaps []source.Gap
	// Log gets what --debug shows; nil for none.
	Log *slog.Logger
	// Recover makes a gap of a panic, which then costs one root, one question or one
	// fix. Tests, fuzzing and --debug let it through.
	Recover bool
	// Progress is told what is being done; nil for none.
	Progress func(stage string)
}

// Evidence is a plan or state that was read, and the directory of the
// configuration it was made from.
type Evidence struct {
	Name  string // as the user named it
	Bytes []byte
	State bool
	// Dir is relative to the boundary; "" when no configuration is given with it.
	Dir string
	// HasDir tells "." from nothing.
	HasDir bool
	// Guessed says that Dir is the PATH, not one named for the plan: where that
	// is no root module and there is only one below it, that one is meant.
	Guessed bool
}

// Analyze loads what the input names, runs the checks, verifies the fixes they
// offer and returns the report. Broken input is a gap in the report; the error
// is for a cancelled context or a check that fails.
func Analyze(ctx context.Context, in Input, checks []*analyzer.Check) (*analyzer.Report, error) {
	return newAnalysis(in, checks).analyze(ctx)
}

func (a *analysis) analyze(ctx context.Context) (*analyzer.Report, error) {
	a.progress("reading")
	if err := a.discover(ctx); err != nil {
		return nil, err
	}
	a.readDeployed()
	model, gaps, err := a.sound(ctx)
	if err != nil {
		return nil, err
	}
	a.progress("deciding")
	result, err := a.judge(ctx, model, a.checks)
	if err != nil {
		return nil, err
	}
	gaps = append(gaps, a.misused(model.Roots)...)
	before := newLoaded(model)
	a.unedited = before
	a.progress("verifying fixes")
	a.offer(result)
	a.memo.Answer()
	a.trying = true
	if err := a.verify(ctx, before, result); err != nil {
		return nil, err
	}
	a.trying = false
	if err := a.judgeUnapplied(ctx, model.Roots, result); err != nil {
		return nil, err
	}
	redact(result.findings, result.gaps, result.model)
	if err := a.judgeAccounts(ctx, result); err != nil {
		return nil, err
	}
	if err := a.judgeReports(ctx, result); err != nil {
		return nil, err
	}
	a.override(result.findings)
	redact(nil, a.deployed.gaps, result.model)
	gaps = append(append(gaps, result.gaps...), a.deployed.gaps...)
	return a.report(result, append(gaps, a.misnamed()...)), nil
}

// Load reads what the input names, without looking at it.
func Load(ctx context.Context, in Input) ([]*terraform.Root, []source.Gap, error) {
	a := newAnalysis(in, nil)
	if err := a.discover(ctx); err != nil {
		return nil, nil, err
	}
	roots, gaps, err := a.load(ctx, nil, nil)
	if len(roots) == 0 {
		gaps = append(gaps, a.misused(nil)...)
	}
	return roots, gaps, err
}

// LoadModel reads what the input names and joins it, without looking at it.
func LoadModel(ctx context.Context, in Input) (*identity.Model, []source.Gap, error) {
	a := newAnalysis(in, nil)
	if err := a.discover(ctx); err != nil {
		return nil, nil, err
	}
	m, gaps, err := a.sound(ctx)
	if err == nil && len(m.Roots) == 0 {
		gaps = append(gaps, a.misused(nil)...)
	}
	return m, gaps, err
}

// analysis is one call of Analyze.
type analysis struct {
	in       Input
	checks   []*analyzer.Check
	found    []workspace.FoundRoot
	gaps     []source.Gap // of discovery
	deployed deployment
	apart    bool // findings of instances are left apart
	memo     *analyzer.Memo
	last     retry // of the fix that was tried last
	// crashed are the checks that did, in the run that is reported. trying says that
	// this is over: another that does costs the fix that is tried.
	crashed map[*analyzer.Check]bool
	trying  bool
	// generators are the tools that wrote files; see generator.
	generators map[string]string
	unedited   *loaded // what edits in memory are made to; nil until it is loaded
	// unapplied are the changes of the edits in memory that Terraform ignores.
	unapplied []unapplied
	// outcome is the analysis with files replaced.
	outcome func(ctx context.Context, edits map[string][]byte, before *loaded) (*result, error)
	// compared is how many policies were compared with what fixes made of them.
	compared int
}

func newAnalysis(in Input, checks []*analyzer.Check) *analysis {
	if in.Log == nil {
		in.Log = slog.New(slog.DiscardHandler)
	}
	a := &analysis{in: in, checks: checks, memo: &analyzer.Memo{}, crashed: map[*analyzer.Check]bool{}, generators: map[string]string{}}
	a.outcome = a.again
	return a
}

func (a *analysis) progress(stage string) {
	if a.in.Progress != nil {
		a.in.Progress(stage)
	}
}

func (a *analysis) discover(ctx context.Context) error {
	a.gaps = slices.Clone(a.in.Gaps)
	if a.in.Boundary == nil || len(a.in.Paths) == 0 {
		return ctx.Err()
	}
	if a.in.OnlyPaths && workspace.HasConfiguration(a.in.Boundary, a.in.Paths[0]) {
		a.found = a.environments([]workspace.FoundRoot{{Dir: path.Clean(a.in.Paths[0])}})
		return ctx.Err()
	}
	found, gaps := terraform.FindRoots(ctx, a.in.Boundary, a.in.Options, a.in.Paths, a.in.Exclude, func(dir string, do func()) bool {
		gap, crashed := a.in.attempt(lostRoot(dir), do)
		if crashed {
			a.gaps = append(a.gaps, gap)
		}
		return !crashed
	})
	if a.in.AllowEmpty {
		gaps = slices.DeleteFunc(gaps, func(g source.Gap) bool { return g.Class == workspace.NothingThere })
	}
	a.found, a.gaps = a.environments(found), append(a.gaps, gaps...)
	return ctx.Err()
}

// environments evaluates a root once for each of its root blocks in the
// settings.
func (a *analysis) environments(found []workspace.FoundRoot) []workspace.FoundRoot {
	var out []workspace.FoundRoot
	for _, f := range found {
		declared := false
		for _, r := range a.in.Settings.Roots {
			if path.Clean(r.Dir) != f.Dir {
				continue
			}
			declared = true
			env := workspace.FoundRoot{Dir: f.Dir, Label: strings.Join(r.VarFiles, ",")}
			for _, v := range r.VarFiles {
				env.VarFiles = append(env.VarFiles, path.Join(f.Dir, v))
			}
			out = append(out, env)
		}
		if !declared {
			out = append(out, f)
		}
	}
	return out
}

func lostRoot(dir string) source.Gap {
	return source.Gap{File: dir, Reason: "this root module is left out"}
}

// sound loads the roots and makes the model of them, without those that crash.
func (a *analysis) sound(ctx context.Context) (*identity.Model, []source.Gap, error) {
	roots, gaps, err := a.load(ctx, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	var m *identity.Model
	whole, crashed := a.in.attempt(source.Gap{Reason: "what the root modules declare was not put together"},
		func() { m = a.model(roots, identity.AllParts) })
	if !crashed {
		return m, gaps, nil
	}
	var sound []*terraform.Root
	for _, r := range roots {
		gap, crashed := a.in.attempt(lostRoot(r.Dir), func() { a.model([]*terraform.Root{r}, identity.AllParts) })
		if !crashed {
			sound = append(sound, r)
			continue
		}
		gaps = append(append(gaps, gap), r.Gaps()...)
	}
	if len(sound) < len(roots) {
		whole, crashed = a.in.attempt(whole, func() { m = a.model(sound, identity.AllParts) })
	}
	if crashed {
		m, gaps = a.model(nil, identity.AllParts), append(gaps, whole)
	}
	return m, gaps, nil
}

// load evaluates the roots. With edits, files are replaced in memory, and
// roots of keep that read none of them are taken over as they are.
func (a *analysis) load(ctx context.Context, edits map[string][]byte, keep *loaded) ([]*terraform.Root, []source.Gap, error) {
	gaps := slices.Clone(a.gaps)
	var roots []*terraform.Root
	used := make([]bool, len(a.in.Plans))
	boundary := a.in.Boundary
	if edits != nil && boundary != nil {
		boundary = boundary.With(edits)
	}
	changed := keep.readers(edits)
	for _, f := range a.found {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if keep != nil {
			k := keep.at(f)
			if k == nil {
				continue // it is left out
			}
			if !changed[k] {
				roots = append(roots, k)
				continue
			}
		}
		for i, p := range a.in.Plans {
			used[i] = used[i] || p.HasDir && a.dirOf(p) == f.Dir
		}
		var root *terraform.Root
		load := func() {
			var more []source.Gap
			root, more = a.loadRoot(ctx, boundary, f, edits, a.unedited.at(f))
			gaps = append(gaps, more...)
		}
		if edits != nil {
			load()
		} else if gap, crashed := a.in.attempt(lostRoot(f.Dir), load); crashed {
			gaps = append(gaps, gap)
			continue
		}
		if root != nil {
			roots = append(roots, root)
		}
	}
	if keep != nil { // plans and states are as they were
		for _, r := range keep.model.Roots {
			if r.PlanAlone() {
				roots = append(roots, r)
			}
		}
		return roots, gaps, nil
	}
	for i, p := range a.in.Plans {
		if used[i] {
			continue
		}
		if p.HasDir {
			gaps = append(gaps, source.Gap{Kind: source.ErrorGap, File: p.Name,
				Reason: fmt.Sprintf("%s is not a root module of this scan: name the directory that the plan was made in, --plan DIR=%s", p.Dir, p.Name)})
		}
		var root *terraform.Root
		var err error
		gap, crashed := a.in.attempt(source.Gap{File: p.Name, Reason: "this file is left out"}, func() { root, err = a.evidence(ctx, p, nil, nil) })
		switch {
		case crashed:
			gaps = append(gaps, gap)
		case err != nil:
			gaps = append(gaps, source.Gap{Kind: source.ErrorGap, File: p.Name, Reason: err.Error()})
		default:
			roots = append(roots, root)
		}
	}
	return roots, gaps, nil
}

// loadRoot is a root module with the plans and states of its directory; nil where
// it has no configuration. old is the root as it was before the edits, if it is
// known.
func (a *analysis) loadRoot(ctx context.Context, boundary *workspace.Boundary, f workspace.FoundRoot, edits map[string][]byte, old *terraform.Root) (root *terraform.Root, gaps []source.Gap) {
	opt := a.in.Options
	opt.Uncalled = true
	opt.VarFiles = append(slices.Clone(f.VarFiles), opt.VarFiles...) // the command line wins
	opt.Label = f.Label
	if edits != nil {
		opt.Deployed = a.keeps(old)
	}
	root, err := terraform.LoadConfig(ctx, boundary, f.Dir, opt)
	if err != nil {
		return nil, []source.Gap{{Kind: source.ErrorGap, File: f.Dir, Reason: err.Error()}}
	}
	for _, p := range a.in.Plans {
		if !p.HasDir || a.dirOf(p) != f.Dir {
			continue
		}
		over, err := a.evidence(ctx, p, root, edits)
		if err != nil {
			gaps = append(gaps, source.Gap{Kind: source.ErrorGap, File: p.Name, Reason: err.Error()})
			continue
		}
		root = over
	}
	return root, gaps
}

// dirOf is the root module that a plan belongs to.
func (a *analysis) dirOf(p Evidence) string {
	dir := path.Clean(p.Dir)
	if p.Guessed && len(a.found) == 1 {
		return a.found[0].Dir
	}
	return dir
}

// loaded is what was loaded before, to be taken over by a run with edits.
type loaded struct {
	model  *identity.Model
	roots  map[*terraform.Root]bool
	byDir  map[dirLabel]*terraform.Root
	byFile map[string][]*terraform.Root // those that read it
	// asked is what types of resources anybody has looked for.
	asked map[*terraform.Root]func(typ string) bool
}

type dirLabel struct{ dir, label string }

func newLoaded(model *identity.Model) *loaded {
	l := &loaded{model, map[*terraform.Root]bool{}, map[dirLabel]*terraform.Root{}, map[string][]*terraform.Root{}, map[*terraform.Root]func(string) bool{}}
	for _, r := range model.Roots {
		l.roots[r] = true
		l.asked[r] = r.Asked()
		if r.PlanAlone() {
			continue
		}
		l.byDir[dirLabel{r.Dir, r.Label}] = r
		for _, f := range r.Files() {
			l.byFile[f.Name] = append(l.byFile[f.Name], r)
		}
	}
	return l
}

func (l *loaded) at(f workspace.FoundRoot) *terraform.Root {
	if l == nil {
		return nil
	}
	return l.byDir[dirLabel{f.Dir, f.Label}]
}

// readers are the roots that read one of the edited files.
func (l *loaded) readers(edits map[string][]byte) map[*terraform.Root]bool {
	out := map[*terraform.Root]bool{}
	if l == nil {
		return out
	}
	for name := range edits {
		for _, r := range l.byFile[name] {
			out[r] = true
		}
	}
	return out
}

func (a *analysis) evidence(ctx context.Context, p Evidence, config *terraform.Root, edits map[string][]byte) (*terraform.Root, error) {
	r := bytes.NewBuffer(p.Bytes)
	if p.State {
		return terraform.LoadState(ctx, r, p.Name, config)
	}
	opt := terraform.PlanOptions{}
	if len(edits) > 0 {
		opt.PreferConfig = func(s source.Span) bool {
			_, edited := edits[s.File.Name]
			return edited
		}
	}
	return terraform.LoadPlan(ctx, r, p.Name, config, opt)
}

// result is what one run of the checks over one set of roots found.
type result struct {
	model    *identity.Model
	roots    []*terraform.Root
	findings []*analyzer.Finding // merged, in order
	gaps     []source.Gap
	// stayed says that a finding of before was not looked for again; nil says it of none.
	stayed func(*analyzer.Finding) bool
	// changed says that a resource may be another than before; nil says it of all.
	changed func(*terraform.Resource) bool
}

// model is what roots declare, and the accounts that are deployed.
func (a *analysis) model(roots []*terraform.Root, parts identity.Part) *identity.Model {
	m := identity.BuildParts(roots, parts)
	m.Accounts = a.deployed.accounts
	return m
}

// judge runs the checks over a model.
func (a *analysis) judge(ctx context.Context, model *identity.Model, checks []*analyzer.Check) (*result, error) {
	out := &result{model: model, roots: model.Roots}
	for _, c := range checks {
		pass := &analyzer.Pass{Check: c, Model: model, Memo: a.memo, Settings: &a.in.Settings, Now: a.in.Now, Take: func(f *analyzer.Finding) {
			mustBeWhole(f)
			out.findings = append(out.findings, f)
		}}
		if c.Run == nil {
			continue
		}
		if err := a.ask(ctx, c, pass, c.Run, &out.gaps); err != nil {
			return nil, err
		}
	}
	if a.apart {
		for _, f := range out.findings {
			stand(f)
		}
	} else {
		out.findings = merge(out.findings)
	}
	order(out.findings)
	fingerprint(out.findings)
	for _, r := range model.Roots {
		out.gaps = append(out.gaps, r.Gaps()...)
	}
	out.gaps = append(out.gaps, model.Gaps...)
	return out, nil
}

// ask runs a check. One that crashes keeps what it found before.
func (a *analysis) ask(ctx context.Context, c *analyzer.Check, pass *analyzer.Pass, run func(*analyzer.Pass) error, gaps *[]source.Gap) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error
	if a.trying && !a.crashed[c] {
		err = run(pass)
	} else if gap, crashed := a.in.attempt(source.Gap{Reason: c.ID + " " + c.Name + " is not decided to its end"}, func() { err = run(pass) }); crashed {
		a.crashed[c] = true
		*gaps = append(*gaps, gap)
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", c.ID, err)
	}
	return nil
}

// offer works out the fixes of findings.
func (a *analysis) offer(res *result) {
	for _, f := range res.findings {
		if f.Offer == nil {
			continue
		}
		var more []*analyzer.Fix
		if gap, crashed := a.in.attempt(lost(f, "it has fixes that were not worked out"), func() { more = f.Offer() }); crashed {
			res.gaps = append(res.gaps, gap)
		}
		f.Fixes = append(f.Fixes, more...)
	}
}

// lost is a gap about a finding that is there.
func lost(f *analyzer.Finding, what string) source.Gap {
	g := source.Gap{Span: f.Span, File: f.File, Reason: f.Check.ID + ": " + what}
	if f.Resource != nil {
		g.Reason = f.Check.ID + " " + f.Resource.Address + ": " + what
	}
	return g
}

// mustBeWhole panics on a finding that no user could act on: that is a bug of
// the check, not of the input.
func mustBeWhole(f *analyzer.Finding) {
	switch {
	case f.Message == "":
		panic(f.Check.ID + ": finding without a message")
	case f.Defect == "":
		panic(f.Check.ID + ": finding without a defect class: " + f.Message)
	case f.Verdict == analyzer.Undetermined && len(f.Needs) == 0:
		panic(f.Check.ID + ": undetermined without a need: " + f.Message)
	}
}

// report assembles the result.
func (a *analysis) report(res *result, gaps []source.Gap) *analyzer.Report {
	r := &analyzer.Report{Version: a.in.Version, Checks: a.checks, ScanRoot: a.in.ScanRoot, WorkDir: a.in.WorkDir}
	if a.in.Boundary != nil {
		r.Boundary = a.in.Boundary.Dir
	}
	r.Settings = Used(a.in.Settings)
	for _, f := range res.findings {
		if f.Span.IsZero() && f.File == "" && f.Resource != nil {
			f.File = f.Resource.Root.Evidence()
		}
		if f.Verdict == analyzer.Undetermined {
			r.Undetermined = append(r.Undetermined, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Gaps = TidyGaps(gaps)
	files := map[string]bool{}
	for _, root := range res.roots {
		for _, f := range root.Files() {
			files[f.Name] = true
		}
	}
	for _, d := range a.deployed.accounts {
		files[d.File.Name] = true
	}
	for _, r := range a.deployed.reports {
		files[r.File.Name] = true
	}
	for _, d := range a.deployed.devices {
		files[d.File.Name] = true
	}
	s := analyzer.Summary{Files: len(files), Roots: len(res.roots), Resources: len(res.model.Looked),
		Undetermined: len(r.Undetermined), Suppressed: len(r.Suppressed), Gaps: len(r.Gaps), BySeverity: map[string]int{}}
	for _, f := range r.Findings {
		if f.Verdict == analyzer.Advice {
			s.Advice++
			continue
		}
		s.Violations++
		s.BySeverity[f.Severity.String()]++
	}
	r.Summary = s
	return r
}

// Used is what a report says of the settings; nil where no file was read.
func Used(s settings.Settings) *analyzer.UsedSettings {
	if s.File == "" {
		return nil
	}
	return &analyzer.UsedSettings{File: s.File, Given: append([]string{}, s.Given...)}
}

// TidyGaps removes repetitions (several roots read the same module) and puts
// gaps in order of place.
func TidyGaps(gaps []source.Gap) []source.Gap {
	type key struct {
		kind   source.GapKind
		file   string
		start  int
		reason string
	}
	seen := map[key]bool{}
	var out []source.Gap
	for _, g := range gaps {
		k := key{g.Kind, g.Place(), g.Span.Start, g.Reason}
		if !seen[k] {
			seen[k] = true
			out = append(out, g)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Place() != b.Place() {
			return a.Place() < b.Place()
		}
		if a.Span.Start != b.Span.Start {
			return a.Span.Start < b.Span.Start
		}
		return a.Reason < b.Reason
	})
	return out
}
