package checktest

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/engine"
)

// Decisions are what the proofs decide of a directory, for certificates.
func Decisions(t *testing.T, dir string, checks []*analyzer.Check) []certificate.Decision {
	t.Helper()
	var out []certificate.Decision
	analyze(t, dir, checks, func(in *engine.Input) {
		in.Decided = func(d certificate.Decision) { out = append(out, d) }
	})
	return out
}
