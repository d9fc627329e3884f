package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/baseline"
	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/revision"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
)

// beforeFlags name what a change is compared with, where that is not a revision alone.
type beforeFlags struct{ plans, states []string }

func (f *beforeFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringArrayVar(&f.plans, "before-plan", nil, "plan of before, as --plan; repeatable")
	fl.StringArrayVar(&f.states, "before-state", nil, "state of before, as --state; repeatable")
}

func (f *beforeFlags) given() bool { return len(f.plans)+len(f.states) > 0 }

// then is an input as it was: in a revision, in plans, or in both. close lets go of it, and
// name is what people call it.
func (p *program) then(ctx context.Context, in inputOf, args []string, f *inputFlags, b *beforeFlags, open opener) (then engine.Input, name string, close func(), err error) {
	then, close = in.Input, func() {}
	switch {
	case open == nil && in.Boundary != nil:
		return then, "", close, errors.New("name a revision for the code before, or no PATH: a plan alone is compared with a plan alone")
	case open != nil && (in.Boundary == nil || len(in.Paths)+len(in.Changed) == 0):
		return then, "", close, errors.New("there is no code to compare: name a PATH in a git repository")
	case open != nil && len(in.Plans) > 0 && !b.given():
		return then, "", close, errors.New("a plan or state is of one revision only: name that of before with --before-plan or --before-state, or compare the code alone")
	}
	then.Plans = nil
	if b.given() {
		of := *f
		of.plans, of.states = b.plans, b.states
		if then.Plans, err = p.evidenceBefore(in, args, &of); err != nil {
			return then, "", close, err
		}
		name = strings.Join(append(append([]string{}, b.plans...), b.states...), ", ")
	}
	if open != nil {
		tree, called, err := open(ctx, in.boundaryDir)
		if err != nil {
			return then, "", close, err
		}
		close = func() { _ = tree.Close() }
		then.Boundary = &workspace.Boundary{FS: fetchedNow{tree, in.Boundary.FS}, Dir: in.Boundary.Dir}
		if name = called; b.given() {
			name += " with " + strings.Join(append(append([]string{}, b.plans...), b.states...), ", ")
		}
	}
	then.Baseline, then.Decided, then.Progress, then.Gaps = nil, nil, nil, nil
	then.CredentialReports, then.Authorizations = nil, nil
	then.Unmended, then.AllowEmpty = true, true
	then.Wanted, then.MinSeverity = nil, analyzer.Note
	return then, name, close, nil
}

// evidenceBefore are the plans and states of before. Where they are alone, they go by the
// names of those of now, so that what refers to one is the same in both.
func (p *program) evidenceBefore(in inputOf, args []string, f *inputFlags) ([]engine.Evidence, error) {
	found, err := p.evidence(f)
	if err != nil {
		return nil, fmt.Errorf("before: %w", err)
	}
	var out []engine.Evidence
	for i, e := range found {
		if in.Boundary != nil {
			out = append(out, p.placed(&in, e, args))
			continue
		}
		if i < len(in.Plans) {
			e.Name = in.Plans[i].Name
		}
		out = append(out, e.Evidence)
	}
	return out, nil
}

// An opener opens a directory as it was, and says what people call that.
type opener func(ctx context.Context, dir string) (*revision.Tree, string, error)

// leftBy opens a revision where HEAD left it.
func leftBy(rev string) opener {
	return func(ctx context.Context, dir string) (*revision.Tree, string, error) {
		tree, err := revision.Open(ctx, dir, rev)
		if err != nil {
			return nil, "", err
		}
		name := tree.Commit[:12]
		if !strings.HasPrefix(tree.Commit, rev) {
			name += " (where HEAD left " + rev + ")"
		}
		return tree, name, nil
	}
}

// before is what a scan would find where HEAD left a revision, with the settings of now,
// and what that is compared with now.
func (p *program) before(ctx context.Context, in inputOf, args []string, f *scanFlags) (*engine.Before, *comparison.Comparison, error) {
	var open opener
	if f.newSince != "" {
		open = leftBy(f.newSince)
	}
	then, name, close, err := p.then(ctx, in, args, &f.inputFlags, &f.before, open)
	if err != nil {
		return nil, nil, err
	}
	defer close()
	r, err := engine.Analyze(ctx, then, checks.All)
	if err != nil {
		return nil, nil, err
	}
	// Findings are worth telling where what is newly allowed cannot be.
	var newly *comparison.Comparison
	err = p.guard(func() (err error) {
		newly, err = engine.Compare(ctx, then, in.Input, comparison.Options{})
		return err
	})
	switch {
	case ctx.Err() != nil:
		return nil, nil, err
	case err != nil:
		newly = nil
		fmt.Fprintf(p.stderr, "iamvet: what the change newly allows was not compared: %v\n", err)
	default:
		newly.Before, newly.Gaps = name, nil // the scan tells its own
	}
	// What somebody knew of then is no news either.
	return &engine.Before{Revision: name, Findings: everything(r)}, newly, nil
}

// everything is what is there, whoever knows of it, and whatever it has to do with.
func everything(r *analyzer.Report) []*analyzer.Finding {
	return slices.Concat(r.All(), analyzer.Every(r.Suppressed), analyzer.Every(r.Untouched))
}

// sayMended says what of before is gone.
func (p *program) sayMended(r *analyzer.Report, before *engine.Before) {
	entries := func(findings []*analyzer.Finding) (out []baseline.Entry) {
		for _, f := range findings {
			if f.Verdict != analyzer.Undetermined {
				out = append(out, engine.EntryOf(f))
			}
		}
		return out
	}
	_, gone := baseline.Match(entries(before.Findings), entries(everything(r)), nil)
	said := ""
	if len(gone) > 0 {
		said = fmt.Sprintf("; %d of what was found then %s mended", len(gone), plural(len(gone), "is", "are"))
	}
	fmt.Fprintf(p.stderr, "iamvet: compared with %s%s\n", before.Revision, said)
}

// fetchedNow is a revision with the modules that terraform init has fetched into the
// checkout: they are in no commit, and without them everything in them would be new.
type fetchedNow struct {
	*revision.Tree
	now fs.FS
}

const fetched = ".terraform"

func (f fetchedNow) of(name string) fs.FS {
	if slices.Contains(strings.Split(name, "/"), fetched) {
		return f.now
	}
	return f.Tree
}

func (f fetchedNow) Open(name string) (fs.File, error)      { return f.of(name).Open(name) }
func (f fetchedNow) ReadFile(name string) ([]byte, error)   { return fs.ReadFile(f.of(name), name) }
func (f fetchedNow) Stat(name string) (fs.FileInfo, error)  { return fs.Stat(f.of(name), name) }
func (f fetchedNow) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(f.of(name), name) }
func (f fetchedNow) ReadLink(name string) (string, error)   { return fs.ReadLink(f.of(name), name) }
func (f fetchedNow) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.of(name), name)
	if err != nil || f.of(name) == f.now {
		return entries, err
	}
	info, err := fs.Lstat(f.now, path.Join(name, fetched))
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == fetched }) {
		return entries, nil
	}
	entries = append(entries, fs.FileInfoToDirEntry(info))
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
