package engine

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// A fix may not make another finding worse: not its severity, and not by
// settling a question as a violation.
func TestWorseFindings(t *testing.T) {
	check := &analyzer.Check{ID: "IV999"}
	at := func(address string, v analyzer.Verdict, s analyzer.Severity) *analyzer.Finding {
		f := &analyzer.Finding{Check: check, Verdict: v, Severity: s, Message: "m", Defect: "d", Resource: &terraform.Resource{Address: address}}
		f.Instances = []analyzer.Instance{{Root: ".", Address: address, Severity: s}}
		return f
	}
	tests := []struct {
		before, after *analyzer.Finding
		worse         bool
	}{
		{at("b", analyzer.Violation, analyzer.Medium), at("b", analyzer.Violation, analyzer.Medium), false},
		{at("b", analyzer.Violation, analyzer.Medium), at("b", analyzer.Violation, analyzer.Low), false},
		{at("b", analyzer.Violation, analyzer.Medium), at("b", analyzer.Undetermined, analyzer.Medium), false},
		{at("b", analyzer.Violation, analyzer.Low), at("b", analyzer.Violation, analyzer.Medium), true},
		{at("b", analyzer.Undetermined, analyzer.Medium), at("b", analyzer.Violation, analyzer.Medium), true},
		{at("b", analyzer.Undetermined, analyzer.High), at("b", analyzer.Violation, analyzer.Medium), true},
		{at("b", analyzer.Undetermined, analyzer.Medium), at("b", analyzer.Advice, analyzer.Note), false},
	}
	for _, test := range tests {
		mended := at("a", analyzer.Violation, analyzer.Critical)
		err := count([]*analyzer.Finding{mended, test.before}, nil).
			noWorse(&result{findings: []*analyzer.Finding{test.after}}, []analyzer.Chosen{{Finding: mended, Fix: &analyzer.Fix{Grade: analyzer.Narrowing}}})
		if worse := err != nil && strings.HasPrefix(err.Error(), "a worse finding"); worse != test.worse || err != nil && !worse {
			t.Errorf("%s %s, then %s %s: %v", test.before.Verdict, test.before.Severity, test.after.Verdict, test.after.Severity, err)
		}
	}
}
