package engine_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/checks"
)

// A plan's roles are judged as they are together, however few are looked at at once:
// findings, their order and fingerprints, gaps and the summary are equal.
func TestRolesAtOnce(t *testing.T) {
	plans, err := filepath.Glob("../../testdata/plans/*/*/plan*.json")
	more, _ := filepath.Glob("../../testdata/plans/real/*.json")
	if err != nil {
		t.Fatal(err)
	}
	findings := 0
	for _, plan := range append(plans, more...) {
		text, err := os.ReadFile(plan)
		if err != nil {
			t.Fatal(err)
		}
		of := func(atOnce int) string {
			defer engine.JudgeAtOnce(engine.JudgeAtOnce(atOnce))
			in := engine.Input{ScanRoot: ".", WorkDir: ".", Plans: []engine.Evidence{{Name: "plan.json", Read: engine.ReadOnce(bytes.NewReader(text), false)}}}
			r, err := engine.Analyze(context.Background(), in, checks.All)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := report.JSON(&out, r); err != nil {
				t.Fatal(err)
			}
			findings += len(r.Findings) + len(r.Undetermined)
			return out.String()
		}
		if one, all := of(1), of(1<<20); one != all {
			t.Errorf("%s: one by one\n%s\ntogether\n%s", plan, one, all)
		}
	}
	if findings < 100 {
		t.Errorf("%d findings: the test shows little", findings)
	}
}
