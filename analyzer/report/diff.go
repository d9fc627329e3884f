package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// Skipped is a fix that Diff left out because it changes the same text as one
// before it.
type Skipped struct {
	Finding *analyzer.Finding
	Fix     *analyzer.Fix
}

// Diff writes one patch with a fix for every finding that has one which is not
// a draft, with paths relative to the boundary. Alternatives are not applied
// together: the first of a finding counts. A fix in conflict with one of a worse
// finding, or an earlier one, is left out whole and returned; run again after applying the patch.
func Diff(w io.Writer, r *analyzer.Report) ([]Skipped, error) {
	files := map[string]*source.File{}
	var sets [][]source.Edit
	var from []Skipped
	findings := analyzer.Every(r.Findings)
	slices.SortStableFunc(findings, func(a, b *analyzer.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	for _, f := range findings {
		fix := best(f)
		if fix == nil || fix.Grade == analyzer.Draft || len(fix.Edits) == 0 {
			continue
		}
		sets = append(sets, inFiles(files, fix.Edits))
		from = append(from, Skipped{f, fix})
	}
	merged, conflicts := source.Merge(sets...)
	var skipped []Skipped
	for _, i := range conflicts {
		skipped = append(skipped, from[i])
	}
	byName := map[string][]source.Edit{}
	var order []string
	for _, e := range merged {
		name := e.Span.File.Name
		if byName[name] == nil {
			order = append(order, name)
		}
		byName[name] = append(byName[name], e)
	}
	sort.Strings(order)
	var b strings.Builder
	for _, name := range order {
		// The edits of a fix were applied once, when it was verified; those of
		// several do not overlap.
		if _, err := source.Apply(files[name], byName[name]); err != nil {
			return nil, fmt.Errorf("merging fixes: %w", err)
		}
		b.WriteString(source.UnifiedDiff(files[name], byName[name], 3))
	}
	_, err := io.WriteString(w, b.String())
	return skipped, err
}

// inFiles is the edits with one File for each name: two roots that share a
// module have read it twice.
func inFiles(files map[string]*source.File, edits []source.Edit) []source.Edit {
	out := make([]source.Edit, 0, len(edits))
	for _, e := range edits {
		name := e.Span.File.Name
		if files[name] == nil {
			files[name] = e.Span.File
		}
		e.Span.File = files[name]
		out = append(out, e)
	}
	return out
}
