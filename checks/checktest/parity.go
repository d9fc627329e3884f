package checktest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Parity compares what is found in configurations below dir with what is found
// in the plans beside them (plan.json, and plan-NAME.json made with
// NAME.tfvars), with and without the configuration: no finding of the one is
// denied by the other. What is undetermined in one of them may be a violation in
// the other, which knows more.
func Parity(t *testing.T, dir string, checks []*analyzer.Check) {
	plans, err := filepath.Glob(filepath.Join(dir, "*", "plan*.json"))
	if err != nil || len(plans) == 0 {
		t.Fatal("no plans", err)
	}
	for _, plan := range plans {
		name := strings.TrimSuffix(filepath.Base(plan), ".json")
		if strings.HasPrefix(name, "plan-after") {
			continue // all exists already: nothing is created together any more
		}
		t.Run(filepath.Base(filepath.Dir(plan))+"/"+name, func(t *testing.T) {
			text, err := os.ReadFile(plan)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Dir(plan)
			scan := func(change func(*engine.Input)) *analyzer.Report {
				b, err := workspace.OpenBoundary(dir)
				if err != nil {
					t.Fatal(err)
				}
				in := engine.Input{Version: "test", Now: Now, Boundary: b, Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
				in.Options.Workspace = "default"
				change(&in)
				r, err := engine.Analyze(context.Background(), in, checks)
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			evidence := engine.Evidence{Name: filepath.Base(plan), Read: engine.ReadOnce(bytes.NewReader(text), false)}
			written := scan(func(in *engine.Input) {
				if vars, ok := strings.CutPrefix(name, "plan-"); ok {
					in.Options.VarFiles = []string{vars + ".tfvars"}
				}
			})
			alone := scan(func(in *engine.Input) {
				in.Boundary, in.Paths, in.Plans = nil, nil, []engine.Evidence{evidence}
			})
			both := scan(func(in *engine.Input) {
				evidence.Dir, evidence.HasDir = ".", true
				in.Plans = []engine.Evidence{evidence}
			})
			contradicts(t, "the configuration", written, "the plan", alone)
			contradicts(t, "the configuration", written, "both", both)
		})
	}
}

// contradicts reports the instances that have a violation in one report, and in
// the other neither that nor a question.
func contradicts(t *testing.T, one string, a *analyzer.Report, other string, b *analyzer.Report) {
	t.Helper()
	for _, x := range []struct {
		what, where string
		in, by      *analyzer.Report
	}{{one, other, a, b}, {other, one, b, a}} {
		known := instancesIn(x.by.All())
		found := instancesIn(x.in.Findings)
		var names []string
		for name := range found {
			if known[name] == nil {
				names = append(names, name)
			}
		}
		sort.Strings(names)
		for _, name := range names {
			t.Errorf("%s: %s finds it, %s does not: %s", name, x.what, x.where, found[name].Message)
		}
	}
}

// instancesIn are the findings by rule and instance address, advice left out;
// those about an organization by rule alone.
func instancesIn(findings []*analyzer.Finding) map[string]*analyzer.Finding {
	out := map[string]*analyzer.Finding{}
	for _, f := range findings {
		switch {
		case f.Verdict == analyzer.Advice:
		case estateRules[f.Check.ID]:
			out[f.Check.ID] = f
		default:
			for _, i := range f.Instances {
				out[f.Check.ID+" "+i.Address] = f
			}
		}
	}
	return out
}
