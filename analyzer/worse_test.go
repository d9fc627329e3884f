package analyzer

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform"
)

// A fix may not make another finding worse: not its severity, and not by
// settling a question as a violation.
func TestWorseFindings(t *testing.T) {
	check := &Check{ID: "IV999"}
	at := func(address string, v Verdict, s Severity) *Finding {
		f := &Finding{Check: check, Verdict: v, Severity: s, Message: "m", Defect: "d", Resource: &terraform.Resource{Address: address}}
		f.Instances = []Instance{{Root: ".", Address: address}}
		return f
	}
	tests := []struct {
		before, after *Finding
		worse         bool
	}{
		{at("b", Violation, Medium), at("b", Violation, Medium), false},
		{at("b", Violation, Medium), at("b", Violation, Low), false},
		{at("b", Violation, Medium), at("b", Undetermined, Medium), false},
		{at("b", Violation, Low), at("b", Violation, Medium), true},
		{at("b", Undetermined, Medium), at("b", Violation, Medium), true},
		{at("b", Undetermined, High), at("b", Violation, Medium), true},
		{at("b", Undetermined, Medium), at("b", Advice, Note), false},
	}
	for _, test := range tests {
		mended := at("a", Violation, Critical)
		err := count(&result{findings: []*Finding{mended, test.before}}).
			noWorse(&result{findings: []*Finding{test.after}}, []Chosen{{mended, &Fix{Grade: Narrowing}}})
		if worse := err != nil && strings.HasPrefix(err.Error(), "a worse finding"); worse != test.worse || err != nil && !worse {
			t.Errorf("%s %s, then %s %s: %v", test.before.Verdict, test.before.Severity, test.after.Verdict, test.after.Severity, err)
		}
	}
}
