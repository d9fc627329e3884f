package terraform

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Plans that Terraform 1.13.3 and OpenTofu 1.12.6 made of testdata/plans/main.tf
// in each of their modes: what is there after the apply, and what has to be
// said. "gone" plans are of a state from which everything was destroyed.
func TestPlanModes(t *testing.T) {
	const all = "a no-op, b[x] no-op, b[y] no-op, ignored no-op"
	tests := []struct {
		plan string
		want string // resources with their actions
		gaps string // resources that are missing, by -target
	}{
		{plan: "create", want: "a create, b[x] create, b[y] create, ignored create"},
		{plan: "refresh-only", want: all},
		{plan: "destroy", want: ""},
		{plan: "target", want: "a no-op, ignored", gaps: "ignored"},
		{plan: "target-destroy", want: "a, ignored", gaps: "a, ignored"},
		{plan: "target-nothing", want: all},
		{plan: "replace", want: "a delete create, b[x] update, b[y] update, ignored no-op"},
		{plan: "ignored", want: all},
		{plan: "ignored-replaced", want: "a no-op, b[x] no-op, b[y] no-op, ignored delete create"},
		{plan: "exclude", want: "a no-op, ignored no-op"},
		{plan: "gone-refresh", want: ""},
		{plan: "gone-destroy", want: ""},
	}
	b, err := workspace.OpenBoundary("testdata/plans")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		for _, tool := range []string{"terraform-1.13.3", "tofu-1.12.6"} {
			text, err := os.ReadFile(filepath.Join("testdata/plans", tool, tt.plan+".json"))
			if os.IsNotExist(err) && tt.plan == "exclude" && tool == "terraform-1.13.3" {
				continue // Terraform has no -exclude
			}
			if err != nil {
				t.Fatal(err)
			}
			config, err := LoadConfig(context.Background(), b, ".", Options{})
			if err != nil {
				t.Fatal(err)
			}
			root, err := LoadPlan(context.Background(), bytes.NewReader(text), tt.plan, config, PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got, gaps []string
			for _, r := range root.Resources() {
				key := strings.ReplaceAll(r.Key, `"`, "")
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s%s %s", r.Name, key, strings.Join(r.Actions, " "))))
			}
			for _, g := range root.Gaps() {
				name, rest, _ := strings.Cut(strings.TrimPrefix(g.Reason, "terraform_data."), " ")
				if !strings.HasSuffix(rest, "make the plan again, without -target") {
					t.Errorf("%s, %s: %s", tt.plan, tool, g.Reason)
				}
				gaps = append(gaps, name)
			}
			if s := strings.Join(got, ", "); s != tt.want {
				t.Errorf("%s, %s: %s, want %s", tt.plan, tool, s, tt.want)
			}
			if s := strings.Join(gaps, ", "); s != tt.gaps {
				t.Errorf("%s, %s: missing %q, want %q", tt.plan, tool, s, tt.gaps)
			}
		}
	}
}

// A plan that changes or deletes resources says what an attribute under
// ignore_changes will be: what it was, and what is configured where the resource
// is made anew.
func TestPlanIgnoredAttribute(t *testing.T) {
	for _, tool := range []string{"terraform-1.13.3", "tofu-1.12.6"} {
		for plan, want := range map[string]string{"create": "v1", "ignored": "v1", "ignored-replaced": "v3"} {
			text, err := os.ReadFile(filepath.Join("testdata/plans", tool, plan+".json"))
			if err != nil {
				t.Fatal(err)
			}
			root, err := loadEvidence(t, text, plan)
			if err != nil {
				t.Fatal(err)
			}
			if got := root.Resource("terraform_data.ignored").Attr("input").TextOr("?"); got != want {
				t.Errorf("%s, %s: input is %q, want %q", plan, tool, got, want)
			}
		}
	}
}
