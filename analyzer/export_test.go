package analyzer

import "context"

// AnalyzeThoroughly is Analyze with every fix verified by an analysis of
// everything.
func AnalyzeThoroughly(ctx context.Context, in Input, checks []*Check) (*Report, error) {
	a := newAnalysis(in, checks)
	a.outcome = func(ctx context.Context, edits map[string][]byte, _ *loaded) (*result, error) {
		a.memo = &Memo{} // nothing is remembered
		return a.result(ctx, edits, nil)
	}
	return a.analyze(ctx)
}
