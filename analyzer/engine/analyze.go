// Package engine runs checks over what was read, verifies the fixes they offer by
// applying them in memory and running again, and returns an analyzer.Report. It
// knows no rule: checks are handed to it.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/baseline"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/cores"
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
	Paths []string
	// Changed are files, relative to the boundary: the root modules whose analysis they can
	// change are looked at, and of these the findings reported that they have to do with.
	Changed []string
	Exclude []string // globs of directories that are not searched for roots
	// AllowEmpty says that a directory of Paths without configuration is right.
	AllowEmpty bool
	// OnlyPaths takes the root module at each path and looks below only where
	// there is no configuration.
	OnlyPaths bool
	Options   terraform.Options
	// MaxSteps is how many steps of evaluation the run may take; 0 for terraform.MaxSteps.
	// One that takes more has no result but the error.
	MaxSteps int64
	// MaxBytes is what functions may work over in a root module; 0 for terraform.MaxBytes.
	MaxBytes int64
	// Timeout is how long the run may evaluate and try fixes: what is not decided then is
	// a gap. One that does not come to its end soon after has no result but the error. 0
	// is no bound.
	Timeout time.Duration
	Plans   []Evidence // plans and states
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
	// Wanted says of which rules findings are reported; nil for all. MinSeverity is the
	// least that a finding has to have, unless it is undetermined.
	Wanted      func(*analyzer.Check) bool
	MinSeverity analyzer.Severity
	// Baseline are findings that are known; nil for none.
	Baseline []baseline.Entry
	// Before is what was found at another revision: what was there is known, unless it is
	// worse now. Nil for none.
	Before *Before
	// Gate is the boundary as it was when nobody of what is scanned could have changed it:
	// comments that it does not have are told. Nil: none are.
	Gate fs.FS
	// Unmended says that no fixes are wanted.
	Unmended bool
	// Decided is told what proofs decided about what is there, not about what fixes
	// would make of it; nil for none.
	Decided func(certificate.Decision)
}

// Before is what was found at a revision, which is named as people know it.
type Before struct {
	Revision string
	Findings []*analyzer.Finding
}

// Evidence is a plan or state that was read, and the directory of the
// configuration it was made from.
type Evidence struct {
	Name string // as the user named it
	// Read reads it, under its name, or returns what was read before; see ReadOnce.
	Read func(ctx context.Context, name string) (*terraform.Evidence, error)
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
	ctx, end := in.bound(ctx)
	defer end()
	r, err := newAnalysis(in, checks).analyze(ctx)
	if stop := context.Cause(ctx); stop != nil {
		return nil, stop
	}
	return r, err
}

// bound gives a run its budget: when that is used up, the context that it returns ends,
// and says why (context.Cause).
func (in *Input) bound(ctx context.Context) (bounded context.Context, end func()) {
	bounded, cancel := context.WithCancelCause(ctx)
	in.Options.Budget = in.budget(cancel)
	if in.Timeout == 0 {
		return bounded, func() { cancel(nil) }
	}
	hard := time.AfterFunc(in.Timeout+max(in.Timeout/2, leastGrace), func() {
		cancel(fmt.Errorf("the scan does not come to an end within the %v of --timeout: scan fewer directories at once, or allow more", in.Timeout))
	})
	return bounded, func() {
		hard.Stop()
		cancel(nil)
	}
}

// leastGrace is what a run whose time is over has at least to say what it has decided.
const leastGrace = 10 * time.Second

func (in *Input) budget(exceeded func(error)) *terraform.Budget {
	in.Options.MaxBytes = cmp.Or(in.MaxBytes, terraform.MaxBytes)
	b := terraform.NewBudget(cmp.Or(in.MaxSteps, terraform.MaxSteps), in.Options.MaxBytes*terraform.RootsOfBytes, exceeded)
	if in.Timeout > 0 {
		time.AfterFunc(in.Timeout, b.Expire)
	}
	return b
}

// analyze goes in an order that the steps depend on. First comes the estate: users and
// organizations, of all roots together, since one root may declare what binds another.
// Then come the roles, root by root (judgeRoots), whose proofs take most of the time and
// hold most of the memory. What a fix may change in more than one root is tried last,
// when everything is known that it is compared with.
func (a *analysis) analyze(ctx context.Context) (*analyzer.Report, error) {
	a.progress("reading")
	if err := a.discover(ctx); err != nil {
		return nil, err
	}
	a.readDeployed()
	model, gaps, err := a.sound(ctx, identity.AllParts&^identity.Roles)
	if err != nil {
		return nil, err
	}
	a.progress("deciding")
	result, err := a.judge(ctx, model, a.checks)
	if err != nil {
		return nil, err
	}
	before := a.newLoaded(model)
	parts, err := a.judgeRoots(ctx, before, result)
	if err != nil {
		return nil, err
	}
	a.join(result, before, parts)
	gaps = append(gaps, a.misused(result)...)
	a.progress("verifying fixes")
	if err := a.verify(ctx, before, result, parts); err != nil {
		return nil, err
	}
	if err := a.judgeUnapplied(ctx, before, result); err != nil {
		return nil, err
	}
	result.take(model) // offers looked at more
	maps.Copy(result.files, before.reread)
	// Not before: fixes are verified by what findings and gaps say before and after, and
	// what a run says while a fix is tried is not redacted.
	redact(result.findings, result.gaps, result.secrets)
	if err := a.judgeAccounts(ctx, result); err != nil {
		return nil, err
	}
	if err := a.judgeReports(ctx, result); err != nil {
		return nil, err
	}
	a.override(result.findings)
	redact(nil, a.deployed.gaps, result.secrets)
	a.tell(result)
	gaps = a.leaveOut(result, before, append(append(gaps, result.gaps...), a.deployed.gaps...))
	if n := a.untried.Load(); n > 0 {
		gaps = append(gaps, source.Gap{Kind: source.LimitGap, Reason: fmt.Sprintf("%d fixes were not tried, and are not offered: the time of --timeout was over", n)})
	}
	return a.report(result, slices.Concat(gaps, a.misnamed(), a.known.complaints(result.files))), nil
}

// Load reads what the input names, without looking at it. What of the roots is evaluated is
// up to the caller, who asks enough when that has been done: where it is an error, values
// are missing.
func Load(ctx context.Context, in Input) (roots []*terraform.Root, gaps []source.Gap, enough func() error, err error) {
	in.Options.Budget = in.budget(nil)
	roots, gaps, err = load(ctx, in)
	return roots, gaps, in.Options.Budget.Err, err
}

func load(ctx context.Context, in Input) ([]*terraform.Root, []source.Gap, error) {
	a := newAnalysis(in, nil)
	if err := a.discover(ctx); err != nil {
		return nil, nil, err
	}
	roots, gaps, err := a.load(ctx)
	if len(roots) == 0 {
		gaps = append(gaps, a.misused(&result{})...)
	}
	return roots, gaps, err
}

// LoadModel reads what the input names and joins it, without looking at it; see Load.
func LoadModel(ctx context.Context, in Input) (m *identity.Model, gaps []source.Gap, enough func() error, err error) {
	in.Options.Budget = in.budget(nil)
	m, gaps, err = loadModel(ctx, in)
	return m, gaps, in.Options.Budget.Err, err
}

func loadModel(ctx context.Context, in Input) (*identity.Model, []source.Gap, error) {
	a := newAnalysis(in, nil)
	if err := a.discover(ctx); err != nil {
		return nil, nil, err
	}
	m, gaps, err := a.sound(ctx, identity.AllParts)
	if err == nil && len(m.Roots) == 0 {
		gaps = append(gaps, a.misused(&result{})...)
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
	known    *known
	touching *touching // nil where no file was named
	// forgetful takes the memo away from the runs that try fixes.
	forgetful bool
	// mu guards crashed: fixes are tried on all cores, each with a run of the checks.
	// crashed are the checks that did, in the run that is reported: another that does
	// costs the fix that is tried.
	mu      sync.Mutex
	crashed map[*analyzer.Check]bool
	untried atomic.Int64 // fixes, for which there was no time
	// generators are the tools that wrote files, by name; see generator.
	generators sync.Map
	// said is what lies beside the code; nil where there is only a plan.
	said *sessions
	// outcome is the analysis with files replaced.
	outcome func(ctx context.Context, e *edited, before *loaded) (*result, error)
}

func newAnalysis(in Input, checks []*analyzer.Check) *analysis {
	if in.Log == nil {
		in.Log = slog.New(slog.DiscardHandler)
	}
	a := &analysis{in: in, checks: checks, memo: analyzer.NewMemo(), crashed: map[*analyzer.Check]bool{}}
	a.outcome = a.again
	a.known = a.newKnown()
	if in.Boundary != nil {
		a.said = &sessions{files: in.Boundary.FS, in: map[string][]said{}}
	}
	return a
}

func (a *analysis) progress(stage string) {
	if a.in.Progress != nil {
		a.in.Progress(stage)
	}
}

func (a *analysis) discover(ctx context.Context) error {
	a.gaps = slices.Clone(a.in.Gaps)
	if a.in.Boundary == nil || len(a.in.Paths)+len(a.in.Changed) == 0 {
		return ctx.Err()
	}
	if a.in.OnlyPaths && workspace.HasConfiguration(a.in.Boundary, a.in.Paths[0]) {
		a.found = a.environments([]workspace.FoundRoot{{Dir: path.Clean(a.in.Paths[0])}})
		return ctx.Err()
	}
	found, gaps := terraform.FindRoots(ctx, a.in.Boundary, a.in.Options, a.in.Paths, a.in.Exclude, a.lostRoots())
	if a.in.AllowEmpty {
		gaps = slices.DeleteFunc(gaps, func(g source.Gap) bool { return g.Class == workspace.NothingThere })
	}
	a.found, a.gaps = a.environments(found), append(a.gaps, gaps...)
	a.reachRoots(ctx)
	return ctx.Err()
}

// lostRoots does what it is given for a directory, and says whether that came to its end.
// It is called for several at a time.
func (a *analysis) lostRoots() func(dir string, do func()) bool {
	var mu sync.Mutex
	return func(dir string, do func()) bool {
		gap, crashed := a.in.attempt(lostRoot(dir), do)
		if crashed {
			mu.Lock()
			defer mu.Unlock()
			a.gaps = append(a.gaps, gap)
		}
		return !crashed
	}
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

// sound loads the roots and makes a model of parts of them, without those that crash.
func (a *analysis) sound(ctx context.Context, parts identity.Part) (*identity.Model, []source.Gap, error) {
	roots, gaps, err := a.load(ctx)
	if err != nil {
		return nil, nil, err
	}
	var m *identity.Model
	whole, crashed := a.in.attempt(source.Gap{Reason: "what the root modules declare was not put together"},
		func() { m = a.model(roots, parts) })
	if !crashed {
		return m, gaps, nil
	}
	// A panic does not say whose root it was about: each is tried alone.
	var sound []*terraform.Root
	for _, r := range roots {
		gap, crashed := a.in.attempt(lostRoot(r.Dir), func() { a.model([]*terraform.Root{r}, parts) })
		if !crashed {
			sound = append(sound, r)
			continue
		}
		gaps = append(append(gaps, gap), r.Gaps()...)
	}
	if len(sound) < len(roots) {
		whole, crashed = a.in.attempt(whole, func() { m = a.model(sound, parts) })
	}
	// They crash together though each is sound alone: nothing is judged, and the gap
	// says so.
	if crashed {
		m, gaps = a.model(nil, parts), append(gaps, whole)
	}
	return m, gaps, nil
}

// load loads the roots, in the order of their directories, then plans and states that
// belong to none.
func (a *analysis) load(ctx context.Context) ([]*terraform.Root, []source.Gap, error) {
	loaded := make([]*terraform.Root, len(a.found))
	more := make([][]source.Gap, len(a.found))
	cores.Each(len(a.found), func(i int) {
		f := a.found[i]
		if ctx.Err() != nil {
			return
		}
		gap, crashed := a.in.attempt(lostRoot(f.Dir), func() { loaded[i], more[i] = a.loadRoot(ctx, a.in.Boundary, f, nil, nil) })
		if crashed {
			loaded[i], more[i] = nil, []source.Gap{gap}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	gaps := slices.Clone(a.gaps)
	dirs := map[string]bool{}
	var roots []*terraform.Root
	for i, f := range a.found {
		dirs[f.Dir] = true
		gaps = append(gaps, more[i]...)
		if loaded[i] != nil {
			roots = append(roots, loaded[i])
		}
	}
	for _, p := range a.in.Plans {
		// loadRoot has laid it over the configuration of its directory.
		if p.HasDir && dirs[a.dirOf(p)] {
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
	return roots, gaps, ctx.Err()
}

// edited are files that are replaced in memory.
type edited struct {
	files map[string][]byte

	mu sync.Mutex
	// unapplied are the changes of the edits that Terraform ignores.
	unapplied []unapplied
}

// reloaded is a root before and after an edit; now is nil for one that has no
// configuration any more.
type reloaded struct {
	id       string
	was, now *terraform.Root
}

// reload loads the roots that read one of the edited files, in the order of all
// roots.
func (a *analysis) reload(ctx context.Context, e *edited, before *loaded) ([]reloaded, error) {
	out := before.readers(e.files)
	boundary := a.in.Boundary.With(e.files)
	cores.Each(len(out), func(i int) {
		if ctx.Err() == nil {
			was := func() *terraform.Root { return a.reopen(ctx, before, out[i].id) }
			out[i].now, _ = a.loadRoot(ctx, boundary, before.found[out[i].id], e, was)
		}
	})
	return out, ctx.Err()
}

// loadRoot is a root module with the plans and states of its directory; nil where
// it has no configuration. With edits, was is the root as it was before.
func (a *analysis) loadRoot(ctx context.Context, boundary *workspace.Boundary, f workspace.FoundRoot, e *edited, was func() *terraform.Root) (root *terraform.Root, gaps []source.Gap) {
	opt := a.in.Options
	opt.Uncalled = true
	opt.VarFiles = append(slices.Clone(f.VarFiles), opt.VarFiles...) // the command line wins
	opt.Label = f.Label
	if e != nil {
		opt.Deployed = e.keeps(was)
	}
	root, err := terraform.LoadConfig(ctx, boundary, f.Dir, opt)
	if err != nil {
		return nil, []source.Gap{{Kind: source.ErrorGap, File: f.Dir, Reason: err.Error()}}
	}
	for _, p := range a.in.Plans {
		if !p.HasDir || a.dirOf(p) != f.Dir {
			continue
		}
		over, err := a.evidence(ctx, p, root, e)
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

// loaded is what was loaded before any edit.
type loaded struct {
	// model is of the estate: without roles, which are judged root by root.
	model *identity.Model
	roots map[*terraform.Root]bool
	// What follows is by the ids of roots.
	byID   map[string]*terraform.Root
	found  map[string]workspace.FoundRoot // of those that have a directory
	order  map[string]int
	asked  map[string]func(typ string) bool // what types of resources anybody has looked for
	byFile map[string][]string              // those that read a file
	files  map[string][]*source.File        // what byFile has of each
	// reread are the files that were read to see who may assume roles: the model asks
	// for them once.
	reread map[string]bool
	// own is the root that is judged, evaluated, where one is on its own.
	own *terraform.Root
}

func (a *analysis) newLoaded(model *identity.Model) *loaded {
	l := &loaded{model: model, roots: map[*terraform.Root]bool{}, byID: map[string]*terraform.Root{}, found: map[string]workspace.FoundRoot{},
		order: map[string]int{}, asked: map[string]func(string) bool{}, byFile: map[string][]string{}, files: map[string][]*source.File{}, reread: map[string]bool{}}
	dirs := map[[2]string]string{}
	for i, r := range model.Roots {
		id := r.ID()
		l.roots[r], l.byID[id], l.order[id] = true, r, i
		l.asked[id] = r.Asked()
		if r.PlanAlone() {
			continue
		}
		// One directory is several roots where the settings give it environments.
		dirs[[2]string{r.Dir, r.Label}] = id
		l.files[id] = r.Files()
		for _, f := range l.files[id] {
			l.byFile[f.Name] = append(l.byFile[f.Name], id)
		}
	}
	for _, f := range a.found {
		if id, ok := dirs[[2]string{f.Dir, f.Label}]; ok {
			l.found[id] = f
		}
	}
	return l
}

// readers are the roots that read one of the edited files.
func (l *loaded) readers(edits map[string][]byte) []reloaded {
	var out []reloaded
	seen := map[string]bool{}
	for name := range edits {
		// A plan or state alone is nowhere in byFile: no edit changes it.
		for _, id := range l.byFile[name] {
			if _, has := l.found[id]; has && !seen[id] {
				seen[id] = true
				out = append(out, reloaded{id: id, was: l.byID[id]})
			}
		}
	}
	slices.SortFunc(out, func(a, b reloaded) int { return cmp.Compare(l.order[a.id], l.order[b.id]) })
	return out
}

// with are all roots after an edit.
func (l *loaded) with(now []reloaded) []*terraform.Root {
	roots := slices.Clone(l.model.Roots)
	for _, r := range now {
		roots[l.order[r.id]] = r.now
	}
	return slices.DeleteFunc(roots, func(r *terraform.Root) bool { return r == nil })
}

// reopen is a root as it was, for who looks at its resources: the one that is judged,
// else one that was loaded again, so that the values of none stay in memory.
func (a *analysis) reopen(ctx context.Context, l *loaded, id string) *terraform.Root {
	if l.own != nil && l.own.ID() == id {
		return l.own
	}
	r := l.byID[id]
	if f, ok := l.found[id]; ok && r.Plainly() {
		if again, _ := a.loadRoot(ctx, a.in.Boundary, f, nil, nil); again != nil {
			return again
		}
	}
	return r
}

// ReadOnce is Evidence.Read for a text, which is read when it is first asked for.
func ReadOnce(text io.Reader, state bool) func(context.Context, string) (*terraform.Evidence, error) {
	var once sync.Once
	var read *terraform.Evidence
	var err error
	return func(ctx context.Context, name string) (*terraform.Evidence, error) {
		once.Do(func() {
			if state {
				read, err = terraform.ReadState(ctx, text, name)
			} else {
				read, err = terraform.ReadPlan(ctx, text, name)
			}
		})
		return read, err
	}
}

func (a *analysis) evidence(ctx context.Context, p Evidence, config *terraform.Root, e *edited) (*terraform.Root, error) {
	read, err := p.Read(ctx, p.Name)
	if err != nil {
		return nil, err
	}
	opt := terraform.PlanOptions{}
	if e != nil {
		// A plan was made of the files before the edit: in its values a fix would change
		// nothing.
		opt.PreferConfig = func(s source.Span) bool {
			_, edited := e.files[s.File.Name]
			return edited
		}
	}
	return read.Root(ctx, config, opt)
}

// result is what one run of the checks over one set of roots found.
type result struct {
	model    *identity.Model
	roots    []*terraform.Root
	findings []*analyzer.Finding // merged, in order
	gaps     []source.Gap
	// stayed says that a finding of before was not looked for again; nil says it of none.
	stayed func(*analyzer.Finding) bool
	// stands says it of an instance of a finding, where others of it were looked for; nil
	// where stayed says all.
	stands func(f *analyzer.Finding, instance int) bool
	// changed says that a resource may be another than before; nil says it of all.
	changed func(*terraform.Resource) bool
	// decided is what proofs decided, check by check.
	decided []certificate.Decision
	// secrets are the sensitive texts of what was looked at, and files the names of what
	// was read for it. looked is how many resources were, beside those of the model.
	secrets secrets
	looked  int
	files   map[string]bool
}

// model is what roots declare, and the accounts that are deployed.
func (a *analysis) model(roots []*terraform.Root, parts identity.Part) *identity.Model {
	m := identity.BuildParts(roots, parts)
	m.Accounts = a.deployed.accounts
	if a.said != nil {
		m.Said = a.said.of
	}
	return m
}

// judge runs the checks over a model, for the run that is reported.
func (a *analysis) judge(ctx context.Context, model *identity.Model, checks []*analyzer.Check) (*result, error) {
	out, err := a.run(ctx, model, checks, false)
	if err == nil {
		a.arrange(out)
		out.take(model)
	}
	return out, err
}

// arrange makes one finding of those that say the same, and puts them in order.
func (a *analysis) arrange(res *result) {
	if a.apart {
		for _, f := range res.findings {
			stand(f)
		}
		res.findings = noted(res.findings)
	} else {
		res.findings = merge(noted(res.findings))
	}
	order(res.findings)
	fingerprint(res.findings)
}

// run runs the checks over a model: findings come as the checks report them. trying
// says that a fix is tried.
func (a *analysis) run(ctx context.Context, model *identity.Model, checks []*analyzer.Check, trying bool) (*result, error) {
	out := &result{model: model, roots: model.Roots}
	memo := a.memo
	// The memo has two views. The findings of the reported run have places, so that an
	// answer which holds those of another role's policy cannot stand for this one's. What
	// a run finds that tries a fix is only compared, by rule, address and defect
	// (identityKey): there an answer to an equal question is as good, whoever asked it.
	switch {
	case a.forgetful && trying:
		memo = analyzer.NewMemo()
	case trying:
		memo = a.memo.Verifying()
	}
	for _, c := range checks {
		pass := &analyzer.Pass{Check: c, Context: ctx, Model: model, Memo: memo, Settings: &a.in.Settings, Now: a.in.Now, Take: func(f *analyzer.Finding) {
			mustBeWhole(f)
			inRepository(f)
			out.findings = append(out.findings, f)
		}}
		if c.Run == nil {
			continue
		}
		if a.in.Decided != nil && !trying {
			pass.Decided = func(d certificate.Decision) { out.decided = append(out.decided, d) }
		}
		if err := a.ask(ctx, c, pass, c.Run, trying, &out.gaps); err != nil {
			return nil, err
		}
	}
	for _, r := range model.Roots {
		out.gaps = append(out.gaps, r.Gaps()...)
	}
	out.gaps = append(out.gaps, model.Gaps...)
	if !trying {
		a.known.suppress(out.findings)
		a.touching.mark(out.findings, model.Roots)
	}
	return out, nil
}

// tell hands on what was decided, check by check.
func (a *analysis) tell(res *result) {
	if a.in.Decided == nil {
		return
	}
	at := map[string]int{}
	for i, c := range a.checks {
		at[c.ID] = i
	}
	slices.SortStableFunc(res.decided, func(x, y certificate.Decision) int { return cmp.Compare(at[x.Rule], at[y.Rule]) })
	for _, d := range res.decided {
		a.in.Decided(d)
	}
}

// ask runs a check. One that crashes keeps what it found before.
func (a *analysis) ask(ctx context.Context, c *analyzer.Check, pass *analyzer.Pass, run func(*analyzer.Pass) error, trying bool, gaps *[]source.Gap) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a.mu.Lock()
	crashedBefore := a.crashed[c]
	a.mu.Unlock()
	var err error
	// In a run that tries a fix a panic passes to attempted, and costs that fix. A check
	// that crashed before any fix would cost all of them: there it is a gap again, one
	// that noWorse knows.
	if trying && !crashedBefore {
		err = run(pass)
	} else if gap, crashed := a.in.attempt(source.Gap{Reason: c.ID + " " + c.Name + " is not decided to its end"}, func() { err = run(pass) }); crashed {
		if !trying {
			a.mu.Lock()
			a.crashed[c] = true
			a.mu.Unlock()
		}
		*gaps = append(*gaps, gap)
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", c.ID, err)
	}
	return ctx.Err() // a check that has heard of it has not found all
}

// offer works out the fixes of findings. Those of one resource share what they work
// out, and take their turns. Where only plans and states are read there is no text that
// a fix could change.
func (a *analysis) offer(ctx context.Context, findings []*analyzer.Finding) []source.Gap {
	if len(a.found) == 0 {
		for _, f := range findings {
			f.Offer = nil
		}
		return nil
	}
	var groups [][]*analyzer.Finding
	at := map[*terraform.Resource]int{}
	for _, f := range findings {
		if a.in.Unmended {
			f.Fixes, f.Offer = nil, nil
		}
		if f.Offer == nil {
			continue
		}
		i, known := at[f.Resource]
		if !known || f.Resource == nil {
			i = len(groups)
			at[f.Resource], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	crashes := make([][]source.Gap, len(groups))
	cores.Each(len(groups), func(i int) {
		for _, f := range groups[i] {
			if ctx.Err() != nil {
				return
			}
			var more []*analyzer.Fix
			if gap, crashed := a.in.attempt(lost(f, "it has fixes that were not worked out"), func() { more = f.Offer() }); crashed {
				crashes[i] = append(crashes[i], gap)
			}
			f.Fixes, f.Offer = append(f.Fixes, more...), nil
		}
	})
	return slices.Concat(crashes...)
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
	r := &analyzer.Report{Version: a.in.Version, ScanRoot: a.in.ScanRoot, WorkDir: a.in.WorkDir}
	if a.in.Boundary != nil {
		r.Boundary = a.in.Boundary.Dir
	}
	r.Settings = Used(a.in.Settings)
	for _, c := range a.checks {
		if a.wanted(c) {
			r.Checks = append(r.Checks, c)
		}
	}
	open, suppressed, known, gone := a.reported(res.findings, gaps)
	r.Suppressed, r.Known, r.Gone = suppressed, known, gone
	for _, f := range res.findings {
		if f.Suppression == untouched {
			r.Untouched = append(r.Untouched, f)
		}
	}
	for _, f := range slices.Concat(open, suppressed) {
		// What only a plan or a state has stands in no file of configuration.
		if f.Span.IsZero() && f.File == "" && f.Resource != nil {
			f.File = f.Resource.Root.Evidence()
		}
	}
	for _, f := range open {
		if f.Verdict == analyzer.Undetermined {
			r.Undetermined = append(r.Undetermined, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Findings, r.Undetermined = implied(r.Findings), askedOnce(r.Undetermined)
	r.Gaps = TidyGaps(gaps)
	files := maps.Clone(res.files)
	for _, d := range a.deployed.accounts {
		files[d.File.Name] = true
	}
	for _, r := range a.deployed.reports {
		files[r.File.Name] = true
	}
	for _, d := range a.deployed.devices {
		files[d.File.Name] = true
	}
	s := analyzer.Summary{Files: len(files), Roots: len(res.roots), Resources: len(res.model.Looked) + res.looked,
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
