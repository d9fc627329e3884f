package terraform

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

var updateRecorded = flag.Bool("update-recorded", false, "record anew what terraform plans of testdata/recorded")

// recordedDirs are configurations that need no provider, each with the plan
// that Terraform 1.11 makes of it: want.json, by address and attribute.
func recordedDirs(t *testing.T) []string {
	dirs, err := filepath.Glob("testdata/recorded/*/want.json")
	if err != nil || len(dirs) == 0 && !*updateRecorded {
		t.Fatal("nothing is recorded", err)
	}
	if dirs, err = filepath.Glob("testdata/recorded/*"); err != nil {
		t.Fatal(err)
	}
	return dirs
}

// TestRecorded compares every value that Terraform planned with ours.
func TestRecorded(t *testing.T) {
	for _, dir := range recordedDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, "want.json"))
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]map[string]any
			if err := json.Unmarshal(data, &want); err != nil {
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
			met := 0
			for _, r := range root.Resources() {
				for _, name := range sortedKeys(want[r.Address]) {
					met++
					got, _ := json.Marshal(plain(t, r.Reference(name)))
					expect, _ := json.Marshal(want[r.Address][name])
					if string(got) != string(expect) {
						t.Errorf("%s.%s:\n got %s\nwant %s", r.Address, name, got, expect)
					}
				}
			}
			planned := 0
			for _, values := range want {
				planned += len(values)
			}
			if met != planned {
				t.Errorf("%d of %d planned values have a resource here", met, planned)
			}
			for _, g := range root.Gaps() {
				t.Errorf("%s: %s: %s", g.Kind, g.Place(), g.Reason)
			}
		})
	}
}

// TestRecordedByTerraform plans the configurations again, where Terraform is
// installed: what is recorded is what it says.
func TestRecordedByTerraform(t *testing.T) {
	if testing.Short() {
		t.Skip("runs terraform")
	}
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed: only the recorded plans are compared")
	}
	for _, dir := range recordedDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			work := t.TempDir()
			if err := os.CopyFS(work, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			run := func(args ...string) []byte {
				cmd := exec.Command(binary, args...)
				cmd.Dir = work
				cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE=", "CHECKPOINT_DISABLE=1")
				out, err := cmd.Output()
				if err != nil {
					t.Skipf("terraform %v: %v", args, err)
				}
				return out
			}
			run("init", "-input=false")
			run("plan", "-input=false", "-out=p")
			got := recordedOf(t, run("show", "-json", "p"))
			name := filepath.Join(dir, "want.json")
			if *updateRecorded {
				if err := os.WriteFile(name, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want, err := os.ReadFile(name); err != nil || string(want) != string(got) {
				t.Errorf("Terraform plans something else than %s: %v\n%s", name, err, got)
			}
		})
	}
}

// recordedOf is the planned values of a plan by address, without those that are
// null or known after the apply.
func recordedOf(t *testing.T, plan []byte) []byte {
	type module struct {
		Resources []struct {
			Address string         `json:"address"`
			Values  map[string]any `json:"values"`
		} `json:"resources"`
		ChildModules []*module `json:"child_modules"`
	}
	var decoded struct {
		PlannedValues struct {
			RootModule *module `json:"root_module"`
		} `json:"planned_values"`
	}
	if err := json.Unmarshal(plan, &decoded); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]any{}
	var walk func(m *module)
	walk = func(m *module) {
		for _, r := range m.Resources {
			values := map[string]any{}
			for name, v := range r.Values {
				if v != nil && name != "output" {
					values[name] = v
				}
			}
			out[r.Address] = values
		}
		for _, c := range m.ChildModules {
			walk(c)
		}
	}
	walk(decoded.PlannedValues.RootModule)
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}
