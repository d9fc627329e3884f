//go:build !windows

package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty-yaml"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// The component of templates/iamvet is two documents: what it is given, and the job. The job
// is run as a runner would, in a clone, for a branch and for a merge request.
func TestGitLabComponent(t *testing.T) {
	src, err := os.ReadFile("../../templates/iamvet/template.yml")
	if err != nil {
		t.Fatal(err)
	}
	head, job, found := strings.Cut(string(src), "\n---\n")
	if !found {
		t.Fatal("no two documents")
	}
	var given struct {
		Spec struct {
			Inputs map[string]struct{ Default, Description string }
		}
	}
	document(t, head, &given)
	for name, in := range given.Spec.Inputs {
		if in.Description == "" || !strings.Contains(job, "$[[ inputs."+name+" ]]") {
			t.Errorf("input %s: described %q, used %v", name, in.Description, strings.Contains(job, "inputs."+name))
		}
		job = strings.ReplaceAll(job, "$[[ inputs."+name+" ]]", `"`+in.Default+`"`)
	}
	var jobs map[string]struct {
		Variables map[string]string
		Script    []string
	}
	document(t, job, &jobs)
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "github.com/iamvet/iamvet/cmd/iamvet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	role := func(name string) string {
		return "resource \"aws_iam_role\" \"" + name + "\" {\n  assume_role_policy = jsonencode({\n    Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = \"*\" } }]\n  })\n}\n"
	}
	r := newRepository(t)
	r.commit("Import", map[string]string{"old.tf": role("old")})
	base := r.run("rev-parse", "HEAD")
	r.commit("Change", map[string]string{"new.tf": role("new"), ".iamvet.hcl": "rules = { role-trust-anyone = false, role-session-name = false }\n"})

	run := func(variables map[string]string) (status int, log string, qualities int) {
		cmd := exec.Command("sh", "-e", "-c", strings.Join(jobs["iamvet"].Script, "\n"))
		cmd.Dir = r.dir
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
		for _, v := range []map[string]string{jobs["iamvet"].Variables, variables} {
			for name, value := range v {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
		}
		cmd.WaitDelay = time.Minute
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		var list []any
		text, err := os.ReadFile(filepath.Join(r.dir, "gl-code-quality-report.json"))
		if err != nil || json.Unmarshal(text, &list) != nil {
			t.Fatalf("no report: %v\n%s", err, out)
		}
		return cmd.ProcessState.ExitCode(), string(out), len(list)
	}
	if status, log, n := run(nil); status != 0 || n != 0 { // the settings of the branch
		t.Errorf("branch: status %d, %d entries\n%s", status, n, log)
	}
	status, log, n := run(map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": base})
	if status != 1 || n != 2 || !strings.Contains(log, "1 violation") || !strings.Contains(log, "aws_iam_role.new") {
		t.Errorf("merge request: status %d, %d entries\n%s", status, n, log)
	}
	if _, _, n := run(map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "IAMVET_PATHS": "$(touch pwned) ."}); n != 4 { // and two paths that are not there
		t.Errorf("%d entries", n)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "pwned")); err == nil {
		t.Error("an input was run as a command")
	}
	t.Run("atlantis", func(t *testing.T) { atlantis(t, bin) })
}

// Atlantis judges what a check prints: it fails where that says so many failures, or begins
// a line with FAIL, and a status other than 0 is a check that broke.
func atlantis(t *testing.T, bin string) {
	dir := t.TempDir()
	key := `{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
  {"address": "aws_iam_access_key.k", "mode": "managed", "type": "aws_iam_access_key", "name": "k", "values": {"user": "root"}}]}},
 "resource_changes": [{"address": "aws_iam_access_key.k", "mode": "managed", "type": "aws_iam_access_key", "name": "k",
  "change": {"actions": ["create"], "before": null, "after": {"user": "root"}, "after_unknown": {}}}]}`
	for name, text := range map[string]string{"main.tf": "resource \"aws_iam_access_key\" \"k\" {\n  user = \"root\"\n}\n", "plan.json": key} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("../../scripts/atlantis.sh")
	if err != nil {
		t.Fatal(err)
	}
	for args, fails := range map[string]bool{"plan.json": true, "plan.json --fail-on=none": false, "none.json": true} {
		cmd := exec.Command("sh", append([]string{script}, strings.Fields(args)...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "DIR="+dir)
		out, err := cmd.Output()
		text := string(out)
		if err != nil || text == "" || fails != strings.Contains(text, "\nFAIL - ") || fails != strings.Contains(text, " 1 failure") {
			t.Errorf("%s: %v\n%s", args, err, text)
		}
	}
}

// document reads a document of YAML.
func document(t *testing.T, text string, into any) {
	t.Helper()
	ty, err := yaml.ImpliedType([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := yaml.Unmarshal([]byte(text), ty)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ctyjson.Marshal(v, ty)
	if err != nil {
		t.Fatal(err)
	}
	// Members of other types than a test asks for are left alone.
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}
