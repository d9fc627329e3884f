package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// applied is a plan of a tool, and what is there once it is applied.
type applied struct {
	Refused bool            `json:"refused,omitempty"`
	Plan    json.RawMessage `json:"plan,omitempty"` // as show -json prints it
	File    json.RawMessage `json:"file,omitempty"` // the .tfstate file
	// State are the values that show -json prints of the state, by address.
	State map[string]map[string]any `json:"state,omitempty"`
}

// TestAgreementPlans compares what is read of plans and states with what the
// tool says is there once the plan is applied.
func TestAgreementPlans(t *testing.T) {
	names, files := readCases(t, agreementData+"/plans.txtar")
	answers := asked(t, agreementData+"/plans.json", names, func(t *testing.T, r *toolRun) []applied {
		out := make([]applied, len(names))
		for i, name := range names {
			one := *r
			one.dir = filepath.Join(r.dir, name)
			out[i] = one.applied(t, files[name])
		}
		return out
	})
	for _, name := range names {
		for _, d := range tools {
			a := ofTool(answers, d)[name]
			if a.Refused {
				continue
			}
			what := fmt.Sprintf("%s: %s", d, name)
			ctx := context.Background()
			plan, err := LoadPlan(ctx, bytes.NewReader(a.Plan), "plan.json", nil, PlanOptions{})
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			// A plan of targets says nothing of the others, and the configuration
			// what becomes of them without targets.
			targets := strings.Contains(name, "target")
			compareApplied(t, what+": plan", plan, a.State, targets)
			state, err := LoadState(ctx, bytes.NewReader(a.File), "terraform.tfstate", nil)
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			compareApplied(t, what+": state", state, a.State, false)

			dir := t.TempDir()
			if err := writeCase(dir, stage(files[name], "after/")); err != nil {
				t.Fatal(err)
			}
			b, err := workspace.OpenBoundary(dir)
			if err != nil {
				t.Fatal(err)
			}
			config, err := LoadConfig(ctx, b, ".", Options{Workspace: "default", Language: d.Language, ToolVersion: d.Version})
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			both, err := LoadPlan(ctx, bytes.NewReader(a.Plan), "plan.json", config, PlanOptions{})
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			if !targets {
				compareApplied(t, what+": plan with its configuration", both, a.State, false)
			}
		}
	}
}

// compareApplied holds what was read to the resources that there are in the end.
// What is not known before the apply is not compared.
func compareApplied(t *testing.T, what string, root *Root, want map[string]map[string]any, partial bool) {
	t.Helper()
	var addresses []string
	for _, r := range root.Resources() {
		addresses = append(addresses, r.Address)
		for _, name := range []string{"input", "triggers_replace"} {
			v := r.Reference(name)
			if !v.Known() {
				if root.Source == State {
					t.Errorf("%s: %s.%s is not known: %v", what, r.Address, name, v.AllWhy())
				}
				continue
			}
			if planned := want[r.Address]; planned != nil || !partial {
				compareJSON(t, what+": "+r.Address+"."+name, plain(t, v), planned[name])
			}
		}
	}
	slices.Sort(addresses)
	if want := sortedKeys(want); !partial && !slices.Equal(addresses, want) {
		t.Errorf("%s: got the resources %q, want %q", what, addresses, want)
	}
	for _, g := range root.Gaps() {
		if g.Kind == source.ErrorGap {
			t.Errorf("%s: %s", what, g.Reason)
		}
	}
}

func stage(files []txtar.File, name string) []txtar.File {
	var out []txtar.File
	for _, f := range files {
		if rest, ok := strings.CutPrefix(f.Name, name); ok && rest != "args" {
			out = append(out, txtar.File{Name: rest, Data: f.Data})
		}
	}
	return out
}

// applied applies what is before, and plans and applies what comes after it.
func (r *toolRun) applied(t *testing.T, files []txtar.File) applied {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		t.Error(err)
	}
	run := func(args ...string) (string, bool) {
		out, err := r.run("", args...)
		return out, err == nil
	}
	set := func(files []txtar.File) bool {
		for _, name := range []string{"main.tf", "main.tf.json"} {
			_ = os.Remove(filepath.Join(r.dir, name))
		}
		if err := writeCase(r.dir, files); err != nil {
			t.Error(err)
			return false
		}
		if modules, _ := filepath.Glob(filepath.Join(r.dir, "*", "main.tf")); len(modules) > 0 {
			_, ok := run("init", "-input=false", "-no-color")
			return ok
		}
		return true
	}
	if before := stage(files, "before/"); len(before) > 0 {
		if !set(before) {
			return applied{Refused: true}
		}
		if _, ok := run("apply", "-input=false", "-no-color", "-auto-approve"); !ok {
			return applied{Refused: true}
		}
	}
	args := []string{"plan", "-input=false", "-no-color", "-out=p"}
	for _, f := range files {
		if f.Name == "after/args" {
			args = append(args, strings.Fields(string(f.Data))...)
		}
	}
	if !set(stage(files, "after/")) {
		return applied{Refused: true}
	}
	if _, ok := run(args...); !ok {
		return applied{Refused: true}
	}
	plan, _ := run("show", "-json", "p")
	if _, ok := run("apply", "-input=false", "-no-color", "p"); !ok {
		t.Errorf("%s: %s cannot be applied", r.tool, r.dir)
	}
	shown, _ := run("show", "-json")
	file, err := os.ReadFile(filepath.Join(r.dir, "terraform.tfstate"))
	if err != nil {
		t.Error(err)
	}
	out := applied{State: map[string]map[string]any{}}
	var state struct {
		Values struct {
			Root *shownModule `json:"root_module"`
		} `json:"values"`
	}
	if err := json.Unmarshal([]byte(shown), &state); err != nil {
		t.Errorf("%s: %v", r.dir, err)
	}
	state.Values.Root.collect(out.State)
	out.Plan, out.File = repeatable(t, plan), repeatable(t, string(file))
	return out
}

type shownModule struct {
	Resources []struct {
		Address string         `json:"address"`
		Values  map[string]any `json:"values"`
	} `json:"resources"`
	Children []*shownModule `json:"child_modules"`
}

// collect keeps the arguments: ids are made up anew each time.
func (m *shownModule) collect(into map[string]map[string]any) {
	if m == nil {
		return
	}
	for _, r := range m.Resources {
		values := map[string]any{}
		for _, name := range []string{"input", "triggers_replace"} {
			if v := r.Values[name]; v != nil {
				values[name] = withoutIDs(v)
			}
		}
		into[r.Address] = values
	}
	for _, c := range m.Children {
		c.collect(into)
	}
}

var madeUp = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

const fixedID = "00000000-0000-0000-0000-000000000000"

func withoutIDs(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(madeUp.ReplaceAll(text, []byte(fixedID)), &out) != nil {
		return v
	}
	return out
}

// What is another each time, or comes in another order: when the plan was made,
// how often the state was saved meanwhile, and a list that explains drift.
var (
	timeOfPlan = regexp.MustCompile(`"timestamp":"[^"]*",`)
	serial     = regexp.MustCompile(`"serial":[0-9]+`)
	relevant   = regexp.MustCompile(`,"relevant_attributes":\[(?:\{[^{}]*\},?)*\]`)
)

// repeatable is JSON without what is another each time.
func repeatable(t *testing.T, text string) json.RawMessage {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Error(err)
	}
	out := madeUp.ReplaceAll(b.Bytes(), []byte(fixedID))
	out = relevant.ReplaceAll(timeOfPlan.ReplaceAll(out, nil), nil)
	return serial.ReplaceAll(out, []byte(`"serial":1`))
}
