//go:build !windows

// The steps are scripts of bash, and paths of its Windows form are not those of Go.

// The tests of this file play the runner of GitHub Actions: they read
// action.yml and run its steps on this machine, with the files and variables
// that a runner would give them.
package main_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/zclconf/go-cty-yaml"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// action is what the runner needs of action.yml.
type action struct {
	Inputs  map[string]struct{ Description, Default string }
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

type step struct {
	ID, Name, If, Uses, Run, Shell string
	WorkingDirectory               string `json:"working-directory"`
	Env, With                      map[string]string
}

func readAction(t *testing.T) *action {
	t.Helper()
	src, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	ty, err := yaml.ImpliedType(src)
	if err != nil {
		t.Fatal(err)
	}
	v, err := yaml.Unmarshal(src, ty)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ctyjson.Marshal(v, ty)
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	return &a
}

// An input inside the text of a script would be run as a part of it.
func TestActionNeverPutsExpressionsIntoScripts(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatalf("using %q, %d steps", a.Runs.Using, len(a.Runs.Steps))
	}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q: expression in run: %s", s.Name, s.Run)
		}
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %q: shell %q", s.Name, s.Shell)
		}
		if s.Uses != "" && !regexp.MustCompile(`@[0-9a-f]{40}$`).MatchString(s.Uses) {
			t.Errorf("step %q: %s is not pinned to a commit", s.Name, s.Uses)
		}
	}
	for name, in := range a.Inputs {
		if in.Description == "" {
			t.Errorf("input %s has no description", name)
		}
	}
}

// runner runs the steps of an action in order.
type runner struct {
	t         *testing.T
	workspace string
	temp      string
	os, arch  string
	ref       string // github.action_ref
	source    string // the address of the action's own repository; see lookup
	event     string // github.event_name
	base      string // the commit that the event names as the base
	gitRef    string // github.ref
	toolCache string
	inputs    map[string]string
	outputs   map[string]map[string]string // by step
	failed    bool
	uploads   []map[string]string // what upload-sarif was given
	installed []string            // the other actions that were used
	path      string              // of programs, before those of this machine
	summary   string
	log       bytes.Buffer
}

func newRunner(t *testing.T, fixture string, inputs map[string]string) *runner {
	r := &runner{t: t, workspace: t.TempDir(), temp: t.TempDir(), outputs: map[string]map[string]string{}, inputs: inputs}
	r.os, r.arch = map[string]string{"linux": "Linux", "darwin": "macOS", "windows": "Windows"}[runtime.GOOS],
		map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH]
	if err := os.CopyFS(r.workspace, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.workspace, "nothing"), 0o755); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *runner) play(a *action) {
	for name, in := range a.Inputs {
		if _, set := r.inputs[name]; !set {
			r.inputs[name] = in.Default
		}
	}
	for _, s := range a.Runs.Steps {
		if !r.condition(s.If) {
			continue
		}
		if s.Uses != "" {
			r.uses(s)
			continue
		}
		if err := r.script(s); err != nil {
			r.failed = true
			fmt.Fprintf(&r.log, "step %q: %v\n", s.Name, err)
		}
	}
	for name, out := range a.Outputs {
		if r.outputs["action"] == nil {
			r.outputs["action"] = map[string]string{}
		}
		r.outputs["action"][name] = r.expand(out.Value)
	}
}

// uses stands in for upload-sarif: it keeps what it was given. Of other actions it keeps
// that they were used.
func (r *runner) uses(s step) {
	if !strings.HasPrefix(s.Uses, "github/codeql-action/upload-sarif@") {
		name, _, _ := strings.Cut(s.Uses, "@")
		r.installed = append(r.installed, name)
		return
	}
	with := map[string]string{}
	for k, v := range s.With {
		with[k] = r.expand(v)
	}
	if _, err := os.Stat(filepath.Join(r.workspace, with["sarif_file"])); err != nil {
		r.t.Errorf("step %q: %v", s.Name, err)
	}
	r.uploads = append(r.uploads, with)
}

func (r *runner) script(s step) error {
	output, summary := filepath.Join(r.temp, "output"), filepath.Join(r.temp, "summary")
	for _, f := range []string{output, summary} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			return err
		}
	}
	top, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", s.Run)
	cmd.Dir = filepath.Join(r.workspace, r.expand(s.WorkingDirectory))
	cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE="+r.workspace, "GITHUB_ACTION_PATH="+top,
		"GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+summary,
		"RUNNER_TEMP="+r.temp, "RUNNER_OS="+r.os, "RUNNER_ARCH="+r.arch, "RUNNER_TOOL_CACHE="+r.toolCache, "GITHUB_REF="+r.gitRef)
	if r.path != "" {
		cmd.Env = append(cmd.Env, "PATH="+r.path+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	for k, v := range s.Env {
		cmd.Env = append(cmd.Env, k+"="+r.expand(v))
	}
	cmd.Stdout, cmd.Stderr = &r.log, &r.log
	failure := cmd.Run()
	b, err := os.ReadFile(output)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, line := range strings.Split(string(b), "\n") {
		if name, value, ok := strings.Cut(line, "="); ok {
			values[name] = value
		}
	}
	r.outputs[s.ID] = values
	b, err = os.ReadFile(summary)
	if err != nil {
		return err
	}
	r.summary += string(b)
	return failure
}

var expression = regexp.MustCompile(`\$\{\{\s*(.+?)\s*\}\}`)

// expand puts in what expressions are: a name, or the first of several that is not empty.
func (r *runner) expand(s string) string {
	return expression.ReplaceAllStringFunc(s, func(e string) string {
		for _, name := range strings.Split(expression.FindStringSubmatch(e)[1], " || ") {
			if v := r.lookup(name); v != "" {
				return v
			}
		}
		return ""
	})
}

func (r *runner) lookup(name string) string {
	parts := strings.Split(name, ".")
	switch {
	case parts[0] == "inputs" && len(parts) == 2:
		if v, ok := r.inputs[parts[1]]; ok {
			return v
		}
	case parts[0] == "steps" && len(parts) == 4 && parts[2] == "outputs":
		return r.outputs[parts[1]][parts[3]]
	case name == "github.action_ref":
		return r.ref
	case name == "github.server_url":
		return "file://" + filepath.ToSlash(filepath.Dir(r.source))
	case name == "github.action_repository":
		return filepath.Base(r.source)
	case name == "github.event_name":
		return r.event
	case name == "github.event."+r.event+".base.sha", name == "github.event."+r.event+".base_sha":
		return r.base
	case strings.HasPrefix(name, "github.event."):
		return "" // another event has no such member
	case name == "github.token":
		return "a token"
	}
	r.t.Errorf("the runner knows no %s", name)
	return ""
}

// condition is the value of an if: terms joined by &&. Without always() a step
// runs only while none has failed.
func (r *runner) condition(expr string) bool {
	value, always := true, false
	if expr == "" {
		return !r.failed
	}
	for _, term := range strings.Split(expr, "&&") {
		term = strings.TrimSpace(term)
		name, want, equal := strings.Cut(term, " == ")
		if !equal {
			name, want, _ = strings.Cut(term, " != ")
		}
		switch {
		case term == "always()":
			always = true
		case strings.HasPrefix(want, "'") && strings.HasSuffix(want, "'"):
			value = value && (r.lookup(name) == strings.Trim(want, "'")) == equal
		default:
			r.t.Errorf("the runner does not understand %q", term)
		}
	}
	return value && (always || !r.failed)
}

// clean is a directory with configuration of which no rule has anything to say.
func clean(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte("resource \"aws_sns_topic\" \"alarms\" {\n  name = \"alarms\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// counted is how many violations a scan of a fixture finds, and its exit status: what
// the action has to say of it, whatever rules there are.
func counted(t *testing.T, binary, dir string) (violations, status string) {
	t.Helper()
	cmd := exec.Command(binary, "scan", "--format", "json")
	cmd.Dir = dir
	stdout, err := cmd.Output()
	var report struct{ Summary struct{ Violations int } }
	if err := json.Unmarshal(stdout, &report); err != nil {
		t.Fatal(err)
	}
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return strconv.Itoa(report.Summary.Violations), strconv.Itoa(cmd.ProcessState.ExitCode())
}

const quickstart = "../../testdata/quickstart"

// TestAction builds the command once, by the action's own first step.
func TestAction(t *testing.T) {
	first, rest := *readAction(t), *readAction(t)
	first.Runs.Steps, rest.Runs.Steps = first.Runs.Steps[:1], rest.Runs.Steps[1:]
	build := newRunner(t, clean(t), map[string]string{"version": "source"})
	build.play(&first)
	if build.failed {
		t.Fatalf("the action does not build:\n%s", &build.log)
	}
	play := func(t *testing.T, fixture string, inputs map[string]string) *runner {
		r := newRunner(t, fixture, inputs)
		r.outputs["install"] = build.outputs["install"]
		r.play(&rest)
		return r
	}
	t.Run("pull request", func(t *testing.T) { pullRequests(t, &rest, build.outputs["install"]) })
	t.Run("violations", func(t *testing.T) {
		violations(t, play(t, quickstart, map[string]string{"category": "identity", "annotations": "true"}))
	})
	t.Run("clean", func(t *testing.T) {
		nothing(t, play(t, clean(t), map[string]string{"sarif-file": "out/clean.sarif"}))
	})
	_, ofModule := counted(t, build.outputs["install"]["binary"], quickstart+"/modules/deploy-role")
	for name, test := range map[string]struct {
		inputs map[string]string
		exit   string
		upload bool
	}{
		"threshold above the findings": {map[string]string{"fail-on": "none"}, "0", true},
		"no upload":                    {map[string]string{"upload": "false"}, "1", false},
		"one directory":                {map[string]string{"working-directory": "modules/deploy-role"}, ofModule, true},
		"several paths, quoted":        {map[string]string{"paths": "organization\n'identity'"}, "1", true},
		"missing path":                 {map[string]string{"paths": "nowhere"}, "2", false}, // a report on nothing closes every alert
		"nothing in a path":            {map[string]string{"paths": "nothing"}, "2", false},
		"nothing in one of two":        {map[string]string{"paths": "nothing organization"}, "2", true},
		"nothing, and that is right":   {map[string]string{"paths": "nothing", "args": "--allow-empty"}, "0", true},
		"a path is not a command":      {map[string]string{"paths": `$(touch$IFS"pwned");touch${IFS}pwned`}, "2", false},
		"one rule":                     {map[string]string{"rules": "root-ip-allowlist\nIV303", "fail-on": "medium", "paths": "organization"}, "1", true},
		"a rule without findings":      {map[string]string{"rules": "IV203"}, "0", true},
		"unknown rule":                 {map[string]string{"rules": "IV999"}, "2", false},
		"no such baseline":             {map[string]string{"baseline": "none.json"}, "2", false},
		"unknown argument":             {map[string]string{"args": "--no-such-flag"}, "2", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := play(t, quickstart, test.inputs)
			if got := r.outputs["action"]["exit-code"]; got != test.exit || r.failed != (test.exit != "0") || (len(r.uploads) == 1) != test.upload {
				t.Errorf("exit-code %s, failed %v, %d uploads\n%s", got, r.failed, len(r.uploads), &r.log)
			}
			if _, err := os.Stat(filepath.Join(r.workspace, "pwned")); err == nil {
				t.Error("an input was run as a command")
			}
		})
	}
}

// pullRequests plays pull requests and groups of a merge queue, in clones as
// actions/checkout makes them.
func pullRequests(t *testing.T, rest *action, install map[string]string) {
	role := func(name, principal string) string {
		return "resource \"aws_iam_role\" \"" + name + "\" {\n  assume_role_policy = jsonencode({\n    Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = \"" + principal + "\" } }]\n  })\n}\n"
	}
	origin := newRepository(t)
	origin.commit("Import", map[string]string{"old.tf": role("old", "*")})
	base := origin.run("rev-parse", "HEAD")
	origin.run("checkout", "-q", "-b", "change")
	origin.commit("Change", map[string]string{"new.tf": role("new", "*"), ".iamvet.hcl": "rules = { role-trust-anyone = false, role-session-name = false }\n"})
	origin.run("checkout", "-q", "main")
	origin.run("merge", "-q", "--no-ff", "-m", "Merge", "change")
	merge := origin.run("rev-parse", "HEAD")
	play := func(t *testing.T, depth, event string, inputs map[string]string, with func(*runner)) *runner {
		r := newRunner(t, clean(t), inputs)
		r.workspace = filepath.Join(t.TempDir(), "clone")
		args := []string{"clone", "-q"}
		if depth != "" {
			args = append(args, "--depth", depth)
		}
		origin.run(append(args, "file://"+origin.dir, r.workspace)...)
		if depth != "" { // nobody can get more
			repository{t, r.workspace}.run("remote", "set-url", "origin", "file://"+filepath.Join(origin.dir, "nowhere"))
		}
		r.outputs["install"], r.event, r.base = install, event, base
		if with != nil {
			with(r)
		}
		r.play(rest)
		return r
	}
	findings := func(r *runner) string { return r.outputs["action"]["findings"] }
	t.Run("what it brings, by the settings of the base", func(t *testing.T) {
		for _, depth := range []string{"2", ""} {
			r := play(t, depth, "pull_request", map[string]string{}, nil)
			log := r.log.String()
			if findings(r) != "1" || !r.failed || len(r.uploads) != 1 || strings.Contains(log, "aws_iam_role.old") || !strings.Contains(log, ".iamvet.hcl") {
				t.Errorf("depth %q: %s findings, failed %v, %d uploads\n%s", depth, findings(r), r.failed, len(r.uploads), log)
			}
		}
	})
	t.Run("everything, by its own settings, where asked", func(t *testing.T) {
		r := play(t, "2", "pull_request", map[string]string{"new-since": "none", "config-from": "none"}, nil)
		if findings(r) != "0" || r.failed {
			t.Errorf("%s findings\n%s", findings(r), &r.log)
		}
	})
	t.Run("a clone without the base says so, and reports everything", func(t *testing.T) {
		r := play(t, "1", "pull_request", map[string]string{}, nil)
		if !strings.Contains(r.log.String(), "fetch-depth") || findings(r) != "0" {
			t.Errorf("%s findings\n%s", findings(r), &r.log)
		}
	})
	t.Run("a push reports everything", func(t *testing.T) {
		r := play(t, "", "push", map[string]string{}, func(r *runner) { r.base = "" })
		if strings.Contains(r.log.String(), "::warning") || findings(r) != "0" || len(r.uploads) != 1 {
			t.Errorf("%s findings, %d uploads\n%s", findings(r), len(r.uploads), &r.log)
		}
	})
	t.Run("a merge queue uploads nothing", func(t *testing.T) {
		r := play(t, "", "merge_group", map[string]string{}, func(r *runner) { r.gitRef = "refs/heads/gh-readonly-queue/main/pr-1-" + merge })
		if findings(r) != "1" || !r.failed || len(r.uploads) != 0 {
			t.Errorf("%s findings, failed %v, %d uploads\n%s", findings(r), r.failed, len(r.uploads), &r.log)
		}
	})
	t.Run("suggestions", func(t *testing.T) {
		r := play(t, "2", "pull_request", map[string]string{"suggestions": "true", "upload": "false"}, func(r *runner) {
			r.path = t.TempDir() // a stand-in that says what it was given
			script := "#!/bin/sh\necho reviewdog \"$@\" with $REVIEWDOG_GITHUB_API_TOKEN\ngrep -c iamvet/v2\n"
			if err := os.WriteFile(filepath.Join(r.path, "reviewdog"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		})
		if len(r.installed) != 1 || r.installed[0] != "reviewdog/action-setup" || !strings.Contains(r.log.String(), "-reporter=github-pr-review -filter-mode=added -fail-level=none with a token") {
			t.Errorf("installed %v\n%s", r.installed, &r.log)
		}
		if r = play(t, "", "push", map[string]string{"suggestions": "true"}, nil); len(r.installed) != 0 {
			t.Errorf("a push installs %v", r.installed)
		}
	})
	t.Run("a baseline that the base knows", func(t *testing.T) {
		r := play(t, "2", "pull_request", map[string]string{"new-since": "none", "baseline": "known.json"}, nil)
		if findings(r) != "2" { // it has none: nothing was known there
			t.Errorf("%s findings\n%s", findings(r), &r.log)
		}
	})
}

// repository is a git repository of a test.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	r := repository{t, t.TempDir()}
	r.run("init", "-q", "-b", "main")
	return r
}

func (r repository) run(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

func (r repository) commit(message string, files map[string]string) {
	r.t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	r.run("add", "-A")
	r.run("commit", "-q", "-m", message)
}

func violations(t *testing.T, r *runner) {
	want, _ := counted(t, r.outputs["install"]["binary"], quickstart)
	out := r.outputs["action"]
	if out["exit-code"] != "1" || out["findings"] != want || want == "0" || out["sarif-file"] != "iamvet.sarif" {
		t.Errorf("outputs: %v\n%s", out, &r.log)
	}
	if !r.failed {
		t.Error("the job did not fail")
	}
	if len(r.uploads) != 1 || r.uploads[0]["sarif_file"] != "iamvet.sarif" || r.uploads[0]["category"] != "identity" {
		t.Errorf("uploads: %v", r.uploads)
	}
	if !strings.Contains(r.summary, "IV201") {
		t.Errorf("summary:\n%s", r.summary)
	}
	if !strings.Contains(r.log.String(), "::error file=") {
		t.Errorf("no annotations in the log:\n%s", &r.log)
	}
	if n := results(t, filepath.Join(r.workspace, "iamvet.sarif")); strconv.Itoa(n) != want {
		t.Errorf("%d results in the SARIF file, of %s violations", n, want)
	}
}

// Without results the SARIF file closes the alerts of the run before.
func nothing(t *testing.T, r *runner) {
	out := r.outputs["action"]
	if out["exit-code"] != "0" || out["findings"] != "0" || out["sarif-file"] != "out/clean.sarif" || r.failed {
		t.Errorf("outputs: %v, failed: %v\n%s", out, r.failed, &r.log)
	}
	if n := results(t, filepath.Join(r.workspace, "out/clean.sarif")); n != 0 || len(r.uploads) != 1 {
		t.Errorf("%d results, %d uploads", n, len(r.uploads))
	}
}

// A release runs only when its archive has the published checksum.
func TestActionVerifiesReleases(t *testing.T) {
	a := readAction(t)
	first := *a
	first.Runs.Steps = a.Runs.Steps[:1] // only the installation
	tagged := newRepository(t)
	tagged.commit("Release", map[string]string{"a": "1"})
	tagged.run("tag", "-a", "-m", "v9.9.9", "v9.9.9")
	tagged.run("tag", "v9") // moves, and is no release
	tagged.run("tag", "v9.9.10-rc.1")
	released := tagged.run("rev-parse", "HEAD")
	for name, test := range map[string]struct {
		version, ref string
		spoil        bool
		ok           bool
	}{
		"named":         {version: "v9.9.9", ok: true},
		"by the tag":    {ref: "v9.9.9", ok: true},
		"by the commit": {ref: released, ok: true},
		"tampered with": {version: "v9.9.9", spoil: true},
		"not published": {version: "v9.9.8"},
		"not a version": {version: "../v9.9.9"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, clean(t), map[string]string{"version": test.version, "mirror": "file://" + releases(t, test.spoil)})
			r.os, r.arch, r.ref, r.source = "Linux", "X64", test.ref, tagged.dir
			r.play(&first)
			if r.failed == test.ok || test.ok != strings.Contains(r.log.String(), "the released one") {
				t.Errorf("failed: %v\n%s", r.failed, &r.log)
			}
		})
	}
}

// A release that is in the tool cache is not downloaded again, and one that was not wholly
// unpacked there is.
func TestActionCachesReleases(t *testing.T) {
	a := readAction(t)
	first := *a
	first.Runs.Steps = a.Runs.Steps[:1]
	cache := t.TempDir()
	install := func(mirror string) *runner {
		r := newRunner(t, clean(t), map[string]string{"version": "v9.9.9", "mirror": "file://" + mirror})
		r.os, r.arch, r.toolCache = "Linux", "X64", cache
		r.play(&first)
		return r
	}
	if r := install(releases(t, false)); r.failed || r.outputs["install"]["binary"] != filepath.Join(cache, "iamvet/9.9.9/amd64/iamvet") {
		t.Fatalf("binary %s\n%s", r.outputs["install"]["binary"], &r.log)
	}
	if r := install("/nowhere"); r.failed {
		t.Errorf("downloaded again:\n%s", &r.log)
	}
	if err := os.Remove(filepath.Join(cache, "iamvet/9.9.9/amd64.complete")); err != nil {
		t.Fatal(err)
	}
	if r := install(releases(t, true)); !r.failed {
		t.Errorf("what was tampered with was used:\n%s", &r.log)
	}
	if r := install("/nowhere"); !r.failed {
		t.Errorf("what was tampered with was kept:\n%s", &r.log)
	}
}

// releases is a directory with one release, v9.9.9, whose binary is a script.
func releases(t *testing.T, spoil bool) string {
	t.Helper()
	var archive bytes.Buffer
	z := gzip.NewWriter(&archive)
	w := tar.NewWriter(z)
	script := []byte("#!/bin/sh\necho the released one\n")
	if err := w.WriteHeader(&tar.Header{Name: "iamvet", Mode: 0o755, Size: int64(len(script))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(script); err != nil {
		t.Fatal(err)
	}
	for _, c := range []interface{ Close() error }{w, z} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	sums := fmt.Sprintf("%x  iamvet_9.9.9_linux_amd64.tar.gz\n", sha256.Sum256(archive.Bytes()))
	if spoil {
		archive.WriteByte(0)
	}
	dir := t.TempDir()
	for name, b := range map[string][]byte{"checksums.txt": []byte(sums), "iamvet_9.9.9_linux_amd64.tar.gz": archive.Bytes()} {
		path := filepath.Join(dir, "v9.9.9", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.ToSlash(dir)
}

// results is the number of results in a SARIF file.
func results(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return -1
	}
	var log struct{ Runs []struct{ Results []any } }
	if err := json.Unmarshal(b, &log); err != nil || len(log.Runs) != 1 {
		t.Errorf("%s: %d runs, %v", path, len(log.Runs), err)
		return -1
	}
	return len(log.Runs[0].Results)
}
