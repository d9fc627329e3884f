package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// TestOpenTofu compares configurations that need no provider with the plans in
// their directories, which OpenTofu 1.12.6 made: which resources there are, and
// what the outputs are.
func TestOpenTofu(t *testing.T) {
	plans, err := filepath.Glob("testdata/opentofu/*/plan.json")
	if err != nil || len(plans) == 0 {
		t.Fatal("nothing is recorded", err)
	}
	for _, name := range plans {
		dir := filepath.Dir(name)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var recorded struct {
				OutputChanges map[string]struct {
					After        any `json:"after"`
					AfterUnknown any `json:"after_unknown"`
				} `json:"output_changes"`
			}
			if err := json.Unmarshal(data, &recorded); err != nil {
				t.Fatal(err)
			}
			plan, err := LoadPlan(context.Background(), bytes.NewReader(data), "plan.json", nil, PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := workspace.OpenBoundary(dir)
			if err != nil {
				t.Fatal(err)
			}
			root, err := LoadConfig(context.Background(), b, ".", Options{Workspace: "default"})
			if err != nil {
				t.Fatal(err)
			}
			if d := root.Dialect(); d.Language != lang.OpenTofu {
				t.Errorf("it is read as %s", d)
			}
			want := addressesOf(plan)
			if got := addressesOf(root); !slices.Equal(got, want) {
				t.Errorf("the resources are\n%q\nOpenTofu plans\n%q", got, want)
			}
			top := root.loader.(*evaluator).top
			for _, name := range sortedKeys(recorded.OutputChanges) {
				change := recorded.OutputChanges[name]
				if change.AfterUnknown != false {
					continue
				}
				v, problem := top.member(name, false)
				if problem != "" {
					t.Errorf("%s: %s", name, problem)
					continue
				}
				got, _ := json.Marshal(plain(t, top.ev.whole(v, false)))
				if expect, _ := json.Marshal(change.After); string(got) != string(expect) {
					t.Errorf("%s:\n got %s\nwant %s", name, got, expect)
				}
			}
			for _, g := range root.Gaps() {
				t.Errorf("gap at %s: %s", g.Place(), g.Reason)
			}
		})
	}
}

func addressesOf(r *Root) []string {
	var out []string
	for _, res := range r.Resources() {
		out = append(out, res.Address)
	}
	slices.Sort(out)
	return out
}
