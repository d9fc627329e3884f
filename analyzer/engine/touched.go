package engine

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// untouched are the findings that the changed files have nothing to do with. They are
// marked as what is known is, so that no fix is worked out for them, and none of them
// becomes one finding with any that is reported.
var untouched = &analyzer.Suppression{By: "change"}

// touching says which findings files have to do with that were changed.
type touching struct {
	files map[string]bool // by their resolved names
	// roots are the root modules that are looked at for these files alone, by directory
	// and label: all findings of others count.
	roots map[[2]string]bool
	mu    sync.Mutex
	parts identity.Part   // that the files can have changed in any root
	met   map[string]bool // the roots that they have to do with, by their ids
}

// reachRoots adds the root modules whose analysis the changed files can change.
func (a *analysis) reachRoots(ctx context.Context) {
	if len(a.in.Changed) == 0 {
		return
	}
	t := &touching{files: map[string]bool{}, roots: map[[2]string]bool{}, met: map[string]bool{}}
	a.touching = t
	for _, f := range a.in.Changed {
		if resolved, gap := a.in.Boundary.Resolve(f); gap == nil {
			t.files[resolved] = true
			if path.Base(resolved) == settings.Name {
				t.files = nil // they decide about everything
				break
			}
		}
	}
	reached, gaps := terraform.ReachRoots(ctx, a.in.Boundary, a.in.Options, a.in.Changed, a.in.Exclude, a.lostRoots())
	a.gaps = append(a.gaps, gaps...)
	for _, r := range reached {
		for _, f := range a.environmentsOf(r) {
			if slices.ContainsFunc(a.found, func(g workspace.FoundRoot) bool { return g.Dir == f.Dir && g.Label == f.Label }) {
				continue
			}
			t.roots[[2]string{f.Dir, f.Label}] = true
			a.found = append(a.found, f)
		}
	}
	slices.SortStableFunc(a.found, func(x, y workspace.FoundRoot) int { return strings.Compare(x.Dir, y.Dir) })
}

// environmentsOf are the evaluations of a root that a file reaches: of one that it is
// values for, the one that the settings name it in; where they name it in none, and the
// command line does not give it to all, one of its own.
func (a *analysis) environmentsOf(r workspace.FoundRoot) []workspace.FoundRoot {
	all := a.environments([]workspace.FoundRoot{{Dir: r.Dir}})
	if len(r.VarFiles) == 0 || slices.Contains(a.in.Options.VarFiles, r.VarFiles[0]) {
		return all
	}
	named := slices.DeleteFunc(all, func(f workspace.FoundRoot) bool { return !slices.Contains(f.VarFiles, r.VarFiles[0]) })
	if len(named) == 0 {
		return []workspace.FoundRoot{r}
	}
	return named
}

// mark marks the findings of some roots that the files have nothing to do with, when these
// have been evaluated for them.
func (t *touching) mark(findings []*analyzer.Finding, roots []*terraform.Root) {
	if t == nil || t.files == nil {
		return
	}
	by := map[string]*terraform.Influence{}
	t.mu.Lock()
	for _, r := range roots {
		if t.roots[[2]string{r.Dir, r.Label}] {
			by[r.ID()] = r.TouchedBy(t.files)
			// What cannot be parsed declares nothing, and has to be told.
			if !by[r.ID()].None() || slices.ContainsFunc(r.Files(), func(f *source.File) bool { return t.files[f.Name] }) {
				t.met[r.ID()] = true
			}
			t.parts |= partsOf(by[r.ID()], r.Asked())
		}
	}
	parts := t.parts
	t.mu.Unlock()
	for _, f := range findings {
		if f.Resource == nil {
			continue
		}
		influence, partly := by[f.Resource.Root.ID()]
		if partly && !influence.Of(f.Resource) && (influence.None() || !t.holds(f) && !touches(f.Check, parts)) {
			f.Suppression, f.Offer, f.Fixes = untouched, nil, nil
		}
	}
}

// touches says that what a check asks of all resources together may have changed.
func touches(c *analyzer.Check, parts identity.Part) bool {
	switch {
	case !c.Estate:
		return false
	case c.People:
		return parts&(identity.People|identity.Organizations) != 0
	}
	return parts&^identity.Roles != 0
}

// holds says that a finding is about text in the files, or names a place there.
func (t *touching) holds(f *analyzer.Finding) bool {
	in := func(at source.Span) bool { return !at.IsZero() && t.files[at.File.Name] }
	return in(f.Span) || in(f.Fetched) || in(f.Resource.Header) ||
		slices.ContainsFunc(f.Related, func(r analyzer.Related) bool { return in(r.Span) })
}

// beside says of a root that it was looked at because it might read one of the files, and
// does not.
func (t *touching) beside(r *terraform.Root) bool {
	return t != nil && t.files != nil && t.roots[[2]string{r.Dir, r.Label}] && !t.met[r.ID()]
}

// leaveOut takes what was looked at in vain out of a result and its gaps.
func (a *analysis) leaveOut(res *result, before *loaded, gaps []source.Gap) []source.Gap {
	beside := map[string]bool{}
	res.roots = slices.DeleteFunc(slices.Clone(res.roots), func(r *terraform.Root) bool {
		if a.touching.beside(r) {
			beside[r.ID()] = true
		}
		return beside[r.ID()]
	})
	if len(beside) == 0 {
		return gaps
	}
	only := func(file string) bool {
		readers := before.byFile[file]
		return len(readers) > 0 && !slices.ContainsFunc(readers, func(id string) bool { return !beside[id] })
	}
	for file := range res.files {
		if only(file) {
			delete(res.files, file)
		}
	}
	return slices.DeleteFunc(gaps, func(g source.Gap) bool { return only(g.Place()) })
}
