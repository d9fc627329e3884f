package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
)

// AnalyzeThoroughly is Analyze with every fix verified by an analysis of
// everything.
func AnalyzeThoroughly(ctx context.Context, in Input, checks []*analyzer.Check) (*analyzer.Report, error) {
	a := newAnalysis(in, checks)
	a.forgetful = true
	a.outcome = func(ctx context.Context, e *edited, before *loaded) (*result, error) {
		anew := *before // as if every root read what is edited
		anew.byFile = map[string][]string{}
		for name := range e.files {
			anew.byFile[name] = slices.Collect(maps.Keys(before.found))
		}
		return a.result(ctx, e, &anew)
	}
	return a.analyze(ctx)
}

// RedactorOf takes the secrets out of a text.
func RedactorOf(hidden ...string) func(string) string {
	s := secrets{}
	for _, text := range hidden {
		s[text] = true
	}
	return s.redactor()
}

// JudgeAtOnce sets how many roles of a plan or a state are judged together.
func JudgeAtOnce(n int) (before int) {
	before, atOnce = atOnce, n
	return before
}
