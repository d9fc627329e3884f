package checktest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/source"
)

// Properties runs what must hold of every fixture below dir, whatever it is
// about: its files may be read in any order, a value for what is not known never
// turns a verdict, and each fix does what it says.
func Properties(t *testing.T, dir string, checks []*analyzer.Check) {
	var tried atomic.Int64
	undecorated := Undecorated(checks)
	Each(t, dir, func(t *testing.T, dir string) {
		before := Analyze(t, dir, checks)
		reordered(t, dir, undecorated, before)
		tried.Add(int64(refined(t, dir, undecorated, before)))
		fixed(t, dir, undecorated, before)
	}, func() {
		if tried.Load() == 0 {
			t.Error("no fixture has a variable without a value")
		}
	})
}

// reordered renames the files so that they are read the other way round: the
// same resources have the same findings.
func reordered(t *testing.T, dir string, checks []*analyzer.Check, before *analyzer.Report) {
	t.Helper()
	renamed := t.TempDir()
	names := map[string][]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names[filepath.Dir(name)] = append(names[filepath.Dir(name)], d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for in, files := range names {
		rel, err := filepath.Rel(dir, in)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(renamed, rel), 0o755); err != nil {
			t.Fatal(err)
		}
		for i, name := range files {
			b, err := os.ReadFile(filepath.Join(in, name))
			if err != nil {
				t.Fatal(err)
			}
			to := name
			if ext := path.Ext(name); (ext == ".tf" || strings.HasSuffix(name, ".tf.json")) && !strings.Contains(name, "override.") {
				to = fmt.Sprintf("z%03d_%s", 999-i, name)
			}
			if err := os.WriteFile(filepath.Join(renamed, rel, to), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, want := verdicts(Analyze(t, renamed, checks)), verdicts(before)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("with its files in another order:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// verdicts are the findings of a report without their places.
func verdicts(r *analyzer.Report) []string {
	var out []string
	for _, f := range r.All() {
		address := ""
		if f.Resource != nil {
			address = f.Resource.Root.Dir + " " + f.Resource.Address
		}
		out = append(out, fmt.Sprintf("%s %s %s %s %s", f.Verdict, f.Check.ID, f.Severity, address, f.Defect))
	}
	sort.Strings(out)
	return out
}

var (
	variableBlock = regexp.MustCompile(`(?m)^variable "?(\w+)"? \{`)
	typeArgument  = regexp.MustCompile(`(?m)\btype\s*=\s*"?(\w+)`)
)

// candidates are what a variable may be, by the first word of its type.
func candidates(typ string) []string {
	switch typ {
	case "list", "set", "tuple":
		return []string{
			`[]`, `["alice"]`, `["alice", "bob"]`, `["*"]`, `["arn:aws:iam::111122223333:root"]`, `["203.0.113.0/24"]`, `["0.0.0.0/0", "::/0"]`,
		}
	case "map", "object":
		return []string{`{}`, `{a = "alice"}`}
	case "bool":
		return []string{"true", "false"}
	case "number":
		return []string{"0", "1", "2"}
	}
	return []string{
		"alice", "root", "*", "111122223333", "444455556666", "arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root",
		"arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/ci", "ec2.amazonaws.com", "AWS", "Service",
		"Active", "Inactive", "true", "false", "Allow", "Deny", "sts:AssumeRole", "iam:*", "${aws:username}", "$${aws:username}",
		"Bool", "BoolIfExists", "StringEquals", "StringLike", "sts:RoleSessionName", "aws:MultiFactorAuthPresent", "aws:SourceIp",
		"o-a1b2c3d4e5", "r-ab12", "203.0.113.0/24", "0.0.0.0/0", "1", "0",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`,
	}
}

// open are the variables of the fixture's modules that have neither a value nor
// a default, with the first word of their type.
func open(t *testing.T, dir string) map[string]string {
	out := map[string]string{}
	set := map[string]bool{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text := string(b)
		if strings.Contains(name, ".tfvars") {
			for _, m := range regexp.MustCompile(`(?m)^\s*"?(\w+)"?\s*[=:]`).FindAllStringSubmatch(text, -1) {
				set[m[1]] = true
			}
		}
		if !strings.HasSuffix(name, ".tf") {
			return nil
		}
		for _, m := range variableBlock.FindAllStringSubmatchIndex(text, -1) {
			body, _, _ := strings.Cut(text[m[1]:]+"\n}\n", "\n}\n")
			if strings.HasPrefix(strings.TrimSpace(text[m[1]:]), "}") {
				body = ""
			}
			if one, _, ok := strings.Cut(text[m[1]:], "\n"); ok && strings.HasSuffix(strings.TrimSpace(one), "}") {
				body = one
			}
			if strings.Contains(body, "default") {
				continue
			}
			typ := ""
			if m := typeArgument.FindStringSubmatch(body); m != nil {
				typ = m[1]
			}
			out[text[m[2]:m[3]]] = typ
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range set {
		delete(out, name)
	}
	return out
}

// refined gives every variable without a value one after the other: what was a
// violation stays one, and what was none becomes none.
func refined(t *testing.T, dir string, checks []*analyzer.Check, before *analyzer.Report) (tried int) {
	variables := open(t, dir)
	var names []string
	for name := range variables {
		names = append(names, name)
	}
	sort.Strings(names)
	base := input(t, dir) // one for all: what it has read and parsed stays as it is
	try := func(what string, change func(*engine.Input)) {
		in := base
		change(&in)
		after := scan(t, in, checks)
		if refused(after) > refused(before) {
			return // neither Terraform nor AWS accepts the value
		}
		for _, flip := range flips(before, after) {
			if strings.HasSuffix(what, "= []") && strings.HasPrefix(flip, "IV20") {
				continue // AWS refuses a trust policy without principals
			}
			t.Errorf("with %s: %s", what, flip)
		}
	}
	for _, name := range names {
		for _, text := range candidates(variables[name]) {
			try("var."+name+" = "+text, func(in *engine.Input) { in.Options.Vars = map[string]string{name: text} })
		}
	}
	try("an account", func(in *engine.Input) { in.Options.Account = "111122223333" })
	if !namesPartition(t, dir) { // what a policy names is known
		try("a partition", func(in *engine.Input) { in.Options.Partition = "aws" })
	}
	try("a workspace", func(in *engine.Input) { in.Options.Workspace = "default" })
	return len(names)
}

// namesPartition says that an ARN in the fixture is of another partition than aws.
func namesPartition(t *testing.T, dir string) bool {
	names, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("arn:aws-")) {
			return true
		}
	}
	return false
}

// refused counts what somebody would refuse.
func refused(r *analyzer.Report) (n int) {
	for _, g := range r.Gaps {
		if g.Kind == source.ErrorGap {
			n++
		}
	}
	for _, f := range analyzer.Every(r.Findings) {
		if f.Defect == "invalid" || f.Defect == "malformed" {
			n++
		}
	}
	return n
}

// estateRules ask one question of an account, an organization or a user, and
// name the resource that answers it best: with more known, it may be another one.
var estateRules = map[string]bool{"IV102": true, "IV104": true, "IV105": true, "IV302": true, "IV401": true}

// pairs are the rules about two resources that have something in common. They
// say nothing of two of which it is not known whether they have, or every second
// key in a scan would be undetermined.
var pairs = map[string]bool{"IV302": true}

// flips are the verdicts that turned though nothing but an unknown became known.
func flips(before, after *analyzer.Report) (out []string) {
	blocks := func(f *analyzer.Finding) (out []string) {
		if f.Resource == nil || estateRules[f.Check.ID] {
			return []string{f.Check.ID}
		}
		for _, in := range f.Instances {
			out = append(out, f.Check.ID+" "+strings.Join(addressSteps(in.Address), "."))
		}
		return out
	}
	violations := func(r *analyzer.Report) map[string]*analyzer.Finding {
		found := map[string]*analyzer.Finding{}
		for _, f := range analyzer.Every(r.Findings) {
			if f.Verdict == analyzer.Violation {
				for _, at := range blocks(f) {
					found[at] = f
				}
			}
		}
		return found
	}
	undecided := map[string]bool{}
	for _, f := range analyzer.Every(before.Undetermined) {
		for _, at := range blocks(f) {
			undecided[at] = true
		}
	}
	was, is := violations(before), violations(after)
	for at, f := range was {
		if is[at] == nil {
			out = append(out, fmt.Sprintf("%s is no violation any more: %s", at, f.Message))
		}
	}
	for at, f := range is {
		if was[at] == nil && !undecided[at] && !pairs[f.Check.ID] {
			out = append(out, fmt.Sprintf("%s has become a violation: %s", at, f.Message))
		}
	}
	sort.Strings(out)
	return out
}

// addressSteps are the names of an address without instance keys.
func addressSteps(address string) []string {
	return strings.Split(instanceKey.ReplaceAllString(address, ""), ".")
}

var instanceKey = regexp.MustCompile(`\[(?:"(?:[^"\\]|\\.)*"|\d+|\?)\]`)

// fixed applies every fix that may be applied: the finding is gone, or weighs
// less; no rule finds more than before, but one that the finding silenced; and
// everything can be read as before.
func fixed(t *testing.T, dir string, checks []*analyzer.Check, before *analyzer.Report) {
	for _, f := range analyzer.Every(before.Findings) {
		for _, fix := range f.Fixes {
			if fix.Grade == analyzer.Draft {
				continue
			}
			contents := applied(t, fix)
			planned := false
			after := analyze(t, dir, checks, func(in *engine.Input) {
				in.Boundary = in.Boundary.With(contents)
				planned = slices.ContainsFunc(in.Plans, func(e engine.Evidence) bool { return e.HasDir })
			})
			if refused(after) > refused(before) {
				t.Errorf("after %q something cannot be read: %v", fix.Message, after.Gaps)
			}
			if planned {
				continue // the plan beside it is still that of before
			}
			for _, c := range checks {
				if had, has := worst(before, c), worst(after, c); c.Behind != f.Check.ID && (has.count > had.count || has.severity > had.severity) {
					t.Errorf("%q brings %d findings of %s, where %d were", fix.Message, has.count, c.ID, had.count)
				}
			}
			for _, g := range analyzer.Every(after.Findings) {
				if g.Check.ID == f.Check.ID && g.Verdict == f.Verdict && g.Defect == f.Defect && g.Severity >= f.Severity && sameResource(f, g) {
					t.Errorf("%q leaves: %s", fix.Message, g.Message)
				}
			}
		}
	}
}

func applied(t *testing.T, fix *analyzer.Fix) map[string][]byte {
	t.Helper()
	edits := map[*source.File][]source.Edit{}
	for _, e := range fix.Edits {
		edits[e.Span.File] = append(edits[e.Span.File], e)
	}
	contents := map[string][]byte{}
	for file, list := range edits {
		b, err := source.Apply(file, list)
		if err != nil {
			t.Fatalf("%s: %v", fix.Message, err)
		}
		contents[file.Name] = b
	}
	return contents
}

func sameResource(f, g *analyzer.Finding) bool {
	return (f.Resource == nil) == (g.Resource == nil) &&
		(f.Resource == nil || f.Resource.Root.Dir == g.Resource.Root.Dir && f.Resource.Address == g.Resource.Address)
}

type weight struct {
	count    int
	severity analyzer.Severity
}

// worst is what a check finds, advice left out.
func worst(r *analyzer.Report, c *analyzer.Check) (w weight) {
	for _, f := range r.All() {
		if f.Check.ID == c.ID && f.Verdict != analyzer.Advice {
			w.count += max(1, len(f.Instances))
			w.severity = max(w.severity, f.Severity)
		}
	}
	return w
}

// analyze is Analyze with something changed.
func analyze(t *testing.T, dir string, checks []*analyzer.Check, change func(*engine.Input)) *analyzer.Report {
	t.Helper()
	in := input(t, dir)
	change(&in)
	return scan(t, in, checks)
}

func scan(t *testing.T, in engine.Input, checks []*analyzer.Check) *analyzer.Report {
	t.Helper()
	r, err := engine.Analyze(context.Background(), in, checks)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
