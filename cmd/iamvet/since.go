package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/baseline"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/revision"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
)

// before is what a scan would find where HEAD left a revision, with the settings of now.
func (p *program) before(ctx context.Context, in inputOf, rev string) (*engine.Before, error) {
	switch {
	case in.Boundary == nil || len(in.Paths) == 0:
		return nil, errors.New("there is no code to compare: name a PATH in a git repository")
	case len(in.Plans) > 0:
		return nil, errors.New("a plan or state is of one revision only: compare the code, without --plan and --state")
	}
	tree, err := revision.Open(ctx, in.boundaryDir, rev)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	then := in.Input
	then.Boundary = &workspace.Boundary{FS: fetchedNow{tree, in.Boundary.FS}, Dir: in.Boundary.Dir}
	then.Baseline, then.Decided, then.Progress, then.Gaps = nil, nil, nil, nil
	then.CredentialReports, then.Authorizations = nil, nil
	then.Unmended, then.AllowEmpty = true, true
	then.Wanted, then.MinSeverity = nil, analyzer.Note
	r, err := engine.Analyze(ctx, then, checks.All)
	if err != nil {
		return nil, err
	}
	name := tree.Commit[:12]
	if !strings.HasPrefix(tree.Commit, rev) {
		name += " (where HEAD left " + rev + ")"
	}
	// What somebody knew of then is no news either.
	return &engine.Before{Revision: name, Findings: append(r.All(), analyzer.Every(r.Suppressed)...)}, nil
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
	_, gone := baseline.Match(entries(before.Findings), entries(append(r.All(), analyzer.Every(r.Suppressed)...)), nil)
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
