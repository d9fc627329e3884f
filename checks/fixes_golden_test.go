package checks_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// A fixture with a file fixes.diff shows there what its own rule offers: reading
// it is reviewing the fixes.
func TestFixDiffs(t *testing.T) {
	goldens, err := filepath.Glob("../testdata/checks/*/*/fixes.diff")
	if err != nil || len(goldens) == 0 {
		t.Fatal("no fixture shows its fixes", err)
	}
	for _, name := range goldens {
		dir := filepath.Dir(name)
		rule := filepath.Base(filepath.Dir(dir))
		t.Run(rule+"/"+filepath.Base(dir), func(t *testing.T) {
			golden(t, name, []byte(fixesShown(checktest.Analyze(t, dir, checks.All), rule)))
		})
	}
}

// fixesShown are the fixes of a rule's findings, one that several share once.
func fixesShown(r *analyzer.Report, rule string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, f := range analyzer.Every(r.Findings) {
		if f.Check.ID != rule || f.Verdict == analyzer.Advice {
			continue
		}
		if len(f.Fixes) == 0 {
			fmt.Fprintf(&b, "%s: no fix\n\n", f.Resource.Address)
		}
		for _, fix := range f.Fixes {
			if seen[fix.Diff] {
				fmt.Fprintf(&b, "%s: as above\n\n", f.Resource.Address)
				continue
			}
			seen[fix.Diff] = true
			fmt.Fprintf(&b, "%s: %s: %s\n%s\n", f.Resource.Address, fix.Grade, fix.Message, fix.Diff)
		}
	}
	return b.String()
}
