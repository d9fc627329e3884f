package checktest

import (
	"context"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
)

// Together puts the first applicable fix of every finding together, fixture by
// fixture, as `iamvet fix` does. A fix that is offered is applied: the only
// reason to leave one out is that another changes the same text.
func Together(t *testing.T, dir string, checks []*analyzer.Check) {
	Each(t, dir, func(t *testing.T, dir string) {
		var chosen []analyzer.Chosen
		for _, f := range analyzer.Every(Analyze(t, dir, checks).Findings) {
			for _, fix := range f.Fixes {
				if fix.Grade != analyzer.Draft {
					chosen = append(chosen, analyzer.Chosen{Finding: f, Fix: fix})
					break
				}
			}
		}
		if len(chosen) == 0 {
			return
		}
		together, err := engine.Combine(context.Background(), input(t, dir), checks, chosen)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range together.Left {
			if !strings.Contains(l.Why, "changes the same text") {
				t.Errorf("%s: %s %q is left out: %s", dir, l.Finding.Check.ID, l.Fix.Message, l.Why)
			}
		}
		if len(together.Applied) == 0 {
			t.Errorf("%s: of %d fixes none is applied", dir, len(chosen))
		}
	}, nil)
}
