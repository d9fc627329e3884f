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
	a.forgetful = true
	a.outcome = func(ctx context.Context, e *edited, before *loaded) (*result, error) {
		anew := *before // as if every root read what is edited
		anew.byFile = map[string][]*terraform.Root{}
		for name := range e.files {
			anew.byFile[name] = before.model.Roots
		}
		return a.result(ctx, e, &anew)
	}
	return a.analyze(ctx)
}
