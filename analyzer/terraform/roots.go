package terraform

import (
	"context"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// FindRoots finds the root modules at and below paths, which are relative to
// the boundary and may be files; see Boundary.FindRoots. opt is what they are
// evaluated with, where that decides who calls whom; exclude are globs of
// directories. attempt, where it is not nil, does what it is given for a
// directory, and says whether that came to its end.
func FindRoots(ctx context.Context, b *workspace.Boundary, opt Options, paths, exclude []string, attempt func(dir string, do func()) bool) ([]workspace.FoundRoot, []source.Gap) {
	return b.FindRoots(ctx, searchOf(ctx, b, opt, paths, exclude, attempt))
}

// ReachRoots finds the root modules whose analysis files can change; see Boundary.Reach.
func ReachRoots(ctx context.Context, b *workspace.Boundary, opt Options, files, exclude []string, attempt func(dir string, do func()) bool) ([]workspace.FoundRoot, []source.Gap) {
	return b.Reach(ctx, searchOf(ctx, b, opt, files, exclude, attempt))
}

func searchOf(ctx context.Context, b *workspace.Boundary, opt Options, paths, exclude []string, attempt func(dir string, do func()) bool) workspace.Search {
	return workspace.Search{
		Paths:    paths,
		Exclude:  exclude,
		Language: opt.Language,
		Attempt:  attempt,
		Calls: func(dir string, found func(caller, callee string)) {
			root, err := LoadConfig(ctx, b, dir, opt)
			if err != nil {
				return // whoever loads it as a root says why
			}
			root.loader.(*evaluator).top.walk(func(m *moduleInstance) {
				if m.parent != nil && m.mod != nil {
					found(m.parent.dir, m.dir)
				}
			})
		},
	}
}
