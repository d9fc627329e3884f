package checks_test

import (
	"slices"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// TestWhy asks every rule about every resource of the fixtures.
func TestWhy(t *testing.T) {
	standings := map[string]map[analyzer.Standing]bool{}
	checktest.Why(t, "../testdata/checks", checks.All, func(a *analyzer.Answer) {
		if standings[a.Check.ID] == nil {
			standings[a.Check.ID] = map[analyzer.Standing]bool{}
		}
		standings[a.Check.ID][a.Standing] = true
	}, func() {
		for _, c := range checks.All {
			for _, s := range []analyzer.Standing{analyzer.Violating, analyzer.Compliant, analyzer.NotApplicable} {
				if !standings[c.ID][s] && !slices.Contains(neverTold[c.ID], s) {
					t.Errorf("%s is never %s in the fixtures", c.ID, s)
				}
			}
		}
	})
}

// neverTold are the standings that a rule does not have there: every key is asked
// whether it is root's, and a virtual device that is not says nothing of root.
var neverTold = map[string][]analyzer.Standing{"IV101": {analyzer.NotApplicable}, "IV103": {analyzer.Compliant}}

// TestSubjects says that every rule names what it looks at, and tells of it.
func TestSubjects(t *testing.T) {
	for _, c := range checks.All {
		if len(c.Subjects) == 0 || c.Tell == nil {
			t.Errorf("%s does not say what it looks at (Subjects, Tell)", c.ID)
		}
	}
}
