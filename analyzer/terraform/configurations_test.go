package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// planned is what a tool plans for a configuration. Values are those that are
// known before the apply.
type planned struct {
	Refused   bool                      `json:"refused,omitempty"`
	Outputs   map[string]any            `json:"outputs,omitempty"`
	Resources map[string]map[string]any `json:"resources,omitempty"` // by address and attribute
}

// readCases are the files of each case of an archive, by directory.
func readCases(t *testing.T, file string) (names []string, files map[string][]txtar.File) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]txtar.File{}
	for _, f := range archive.Files {
		name, rest, ok := strings.Cut(f.Name, "/")
		if !ok {
			t.Fatalf("%s: %s is in no directory", file, f.Name)
		}
		if files[name] == nil {
			names = append(names, name)
		}
		files[name] = append(files[name], txtar.File{Name: rest, Data: f.Data})
	}
	return names, files
}

func writeCase(dir string, files []txtar.File) error {
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// TestAgreementConfigurations compares whole configurations with what each tool
// plans for them: what it refuses we have no answer for, its outputs and
// instances are ours.
func TestAgreementConfigurations(t *testing.T) {
	names, files := readCases(t, agreementData+"/configurations.txtar")
	answers := asked(t, agreementData+"/configurations.json", names, func(t *testing.T, r *toolRun) []planned {
		out := make([]planned, len(names))
		for i, name := range names {
			one := *r
			one.dir = filepath.Join(r.dir, name)
			if err := writeCase(one.dir, files[name]); err != nil {
				t.Error(err)
				return out
			}
			out[i] = one.planned(t)
		}
		return out
	})
	for _, name := range names {
		dir := t.TempDir()
		if err := writeCase(dir, files[name]); err != nil {
			t.Fatal(err)
		}
		for _, d := range tools {
			comparePlanned(t, name, dir, d, ofTool(answers, d)[name])
		}
	}
}

// planned is the plan of the tool's directory.
func (r *toolRun) planned(t *testing.T) planned {
	if modules, _ := filepath.Glob(filepath.Join(r.dir, "*", "main.tf")); len(modules) > 0 {
		if _, err := r.run("", "init", "-input=false", "-no-color"); err != nil {
			return planned{Refused: true}
		}
	}
	if _, err := r.run("", "plan", "-input=false", "-no-color", "-lock=false", "-out=p"); err != nil {
		return planned{Refused: true}
	}
	text, err := r.run("", "show", "-json", "p")
	if err != nil {
		t.Error(err)
	}
	var plan struct {
		Changes map[string]struct {
			After   any `json:"after"`
			Unknown any `json:"after_unknown"`
		} `json:"output_changes"`
		Resources []struct {
			Address string `json:"address"`
			Change  struct {
				Actions []string       `json:"actions"`
				After   map[string]any `json:"after"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		t.Error(err)
	}
	out := planned{Outputs: map[string]any{}, Resources: map[string]map[string]any{}}
	for name, c := range plan.Changes {
		if c.Unknown == false {
			out.Outputs[name] = c.After
		}
	}
	for _, c := range plan.Resources {
		if slices.Equal(c.Change.Actions, []string{"delete"}) || slices.Equal(c.Change.Actions, []string{"forget"}) {
			continue
		}
		values := map[string]any{}
		for _, name := range []string{"input", "triggers_replace"} {
			if v := c.Change.After[name]; v != nil {
				values[name] = v
			}
		}
		out.Resources[c.Address] = values
	}
	return out
}

func comparePlanned(t *testing.T, name, dir string, d lang.Dialect, want planned) {
	t.Helper()
	what := fmt.Sprintf("%s: %s", d, name)
	b, err := workspace.OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadConfig(context.Background(), b, ".", Options{Workspace: "default", Language: d.Language, ToolVersion: d.Version})
	if err != nil {
		if !want.Refused {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	resources := root.Resources()
	top := root.loader.(*evaluator).top
	// What is refused has no answer, or one that is not known.
	var refused, unknown []string
	for _, name := range sortedKeys(top.mod.Outputs) {
		v, errs := top.ev.eval(top.mod.Outputs[name].Expr("value"), top.frame)
		for _, e := range errs {
			refused = append(refused, e.Text)
		}
		for _, why := range top.ev.whole(v, false).AllWhy() {
			unknown = append(unknown, why.Text)
		}
	}
	for _, r := range resources {
		if strings.Contains(r.Address, "[?]") {
			unknown = append(unknown, r.Address)
		}
		for _, name := range []string{"input", "triggers_replace"} {
			for _, why := range r.Attr(name).AllWhy() {
				unknown = append(unknown, why.Text)
			}
		}
	}
	for _, g := range root.Gaps() {
		if g.Kind == source.ErrorGap {
			refused = append(refused, g.Reason)
		}
	}
	switch {
	case want.Refused && len(refused)+len(unknown) > 0, want.Refused && notLookedAt[name] != "":
		return
	case want.Refused:
		t.Errorf("%s: it is refused, and we know all of it", what)
		return
	case len(refused) > 0:
		t.Errorf("%s: it is not refused, we say %q", what, refused)
		return
	}
	for _, name := range sortedKeys(want.Outputs) {
		v, problem := top.member(name, false)
		if problem != "" {
			t.Errorf("%s: output %s: %s", what, name, problem)
			continue
		}
		compareJSON(t, what+": output "+name, plain(t, top.ev.whole(v, false)), want.Outputs[name])
	}
	var addresses []string
	for _, r := range resources {
		addresses = append(addresses, r.Address)
		for _, name := range sortedKeys(want.Resources[r.Address]) {
			compareJSON(t, what+": "+r.Address+"."+name, plain(t, r.Reference(name)), want.Resources[r.Address][name])
		}
	}
	slices.Sort(addresses)
	if want := sortedKeys(want.Resources); !slices.Equal(addresses, want) {
		t.Errorf("%s: got the resources %q, want %q", what, addresses, want)
	}
}

func compareJSON(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// notLookedAt are the cases that the tools refuse for what no verdict rests on.
var notLookedAt = map[string]string{
	"check":                        "a check of nothing that is declared",
	"deprecated-variable":          "an argument of a later version",
	"ephemeral-in-resource":        "where ephemeral values may stand",
	"experiments-const":            "an argument that only OpenTofu has",
	"for-each-and-count":           "two ways to repeat",
	"for-each-sensitive":           "where sensitive values may stand",
	"json-null-block":              "a block that is null",
	"lifecycle-destroy":            "an argument that only OpenTofu has",
	"locals-undeclared-unused":     "what is not asked for is not evaluated",
	"module-missing-argument":      "a variable that nothing reads",
	"module-unknown-argument":      "an argument that nothing reads",
	"precondition":                 "a condition of nothing that is declared",
	"prevent-destroy-variable":     "an argument of destroying",
	"removed-still-declared":       "a block about what is declared",
	"required-version-too-new":     "the version of the tool",
	"resource-undeclared-in-false": "a branch that is not taken is not evaluated",
	"unknown-block":                "a block of no kind that is read",
	"unsupported-argument":         "arguments of a resource that the provider does not have",
	"variables-ephemeral-output":   "where ephemeral values may stand",
	"variables-old-types":          "a type as Terraform 0.11 wrote it",
	"variables-sensitive-output":   "where sensitive values may stand",
}
