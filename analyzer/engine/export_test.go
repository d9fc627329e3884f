package engine

import (
	"context"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// AnalyzeThoroughly is Analyze with every fix verified by an analysis of
// everything.
func AnalyzeThoroughly(ctx context.Context, in Input, checks []*analyzer.Check) (*analyzer.Report, error) {
	a := newAnalysis(in, checks)
	a.outcome = func(ctx context.Context, edits map[string][]byte, before *loaded) (*result, error) {
		a.memo = &analyzer.Memo{} // nothing is remembered
		anew := *before           // as if every root read what is edited
		anew.byFile = map[string][]*terraform.Root{}
		for name := range edits {
			anew.byFile[name] = before.model.Roots
		}
		return a.result(ctx, edits, &anew)
	}
	return a.analyze(ctx)
}
