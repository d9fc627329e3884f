package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/sarif"
)

// crashing is a file system with files that nobody survives.
type crashing struct {
	fs.FS
	names []string
}

func (c crashing) Open(name string) (fs.File, error) {
	for _, n := range c.names {
		if n == name {
			panic("hunter2 is in " + name)
		}
	}
	return c.FS.Open(name)
}

func (c crashing) ReadLink(name string) (string, error)   { return fs.ReadLink(c.FS, name) }
func (c crashing) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(c.FS, name) }

// users finds a user of a name, and offers to call it something else.
func users(id, name string, run func(*analyzer.Pass, *terraform.Resource), offer func(*terraform.Resource) []*analyzer.Fix) *analyzer.Check {
	return &analyzer.Check{ID: id, Name: "users-" + name, Title: "a user", Severity: analyzer.High, Severities: []analyzer.Severity{analyzer.High}, Doc: "d", Remediation: "r", Run: func(p *analyzer.Pass) error {
		for _, u := range p.Model.Users {
			if u.Resource.Attr("name").TextOr("") == name {
				p.Report(&analyzer.Finding{Severity: analyzer.High, Verdict: analyzer.Violation, Resource: u.Resource, Span: u.Resource.Header, Message: "there is " + name + ".", Defect: "there",
					Offer: func() []*analyzer.Fix { return offer(u.Resource) }})
			}
			run(p, u.Resource)
		}
		return nil
	}}
}

func rename(to string) func(*terraform.Resource) []*analyzer.Fix {
	return func(r *terraform.Resource) []*analyzer.Fix {
		edits, err := edit.ReplaceString(r.Attr("name"), to)
		if err != nil {
			panic(err)
		}
		return []*analyzer.Fix{{Message: "call it " + to, Grade: analyzer.Narrowing, Edits: edits}}
	}
}

func fine(*analyzer.Pass, *terraform.Resource) {}

func crashOn(name string) func(*analyzer.Pass, *terraform.Resource) {
	return func(_ *analyzer.Pass, r *terraform.Resource) {
		if r.Attr("name").TextOr("") == name {
			panic("hunter2")
		}
	}
}

// A panic costs what crashed, and the rest is reported.
func TestCrashesCostWhatCrashed(t *testing.T) {
	const user = "resource \"aws_iam_user\" \"u\" {\n  name = %q\n}\n"
	files := fstest.MapFS{
		"good/main.tf":            {Data: []byte(fmt.Sprintf(user, "alice"))},
		"other/main.tf":           {Data: []byte(fmt.Sprintf(user, "bob"))},
		"evaluated/main.tf":       {Data: []byte("resource \"aws_iam_user\" \"u\" {\n  name = file(\"name.txt\")\n}\n")},
		"evaluated/name.txt":      {Data: []byte("x")},
		"loaded/main.tf":          {Data: []byte(fmt.Sprintf(user, "carol"))},
		"loaded/terraform.tfvars": {Data: []byte("x = 1\n")},
		"searched/main.tf":        {Data: []byte(fmt.Sprintf(user, "dave"))},
	}
	none := []*analyzer.Fix{}
	index := func(*terraform.Resource) []*analyzer.Fix { return none[1:] }
	tests := []struct {
		name   string
		broken []string // files
		checks []*analyzer.Check
		found  string // rule, user and how many fixes of each finding
		gap    string
	}{
		{"nothing", nil, []*analyzer.Check{users("X1", "alice", fine, rename("eve"))}, "X1 alice 1; ", ""},
		{"a check", nil, []*analyzer.Check{users("X1", "alice", crashOn("bob"), rename("eve")), users("X2", "bob", fine, rename("eve"))},
			"X1 alice 1; X2 bob 1; ", "X1 users-alice is not decided to its end: iamvet crashed (in engine_test."},
		{"an offer", nil, []*analyzer.Check{users("X1", "alice", fine, index), users("X2", "bob", fine, rename("eve"))},
			"X1 alice 0; X2 bob 1; ", "X1 aws_iam_user.u: it has fixes that were not worked out: iamvet crashed (slice bounds out of range"},
		{"a fix that is tried", nil, []*analyzer.Check{users("X1", "alice", crashOn("eve"), rename("eve")), users("X2", "bob", fine, rename("erin"))},
			"X1 alice 0; X2 bob 1; ", "X1 aws_iam_user.u: a fix was not tried to its end (call it eve): iamvet crashed (in engine_test."},
		{"a root that is searched", []string{"searched/main.tf"}, []*analyzer.Check{users("X1", "alice", fine, rename("eve"))},
			"X1 alice 1; ", "this root module is left out: iamvet crashed (in engine_test.crashing.Open, crash_test.go:"},
		{"a root that is loaded", []string{"loaded/terraform.tfvars"}, []*analyzer.Check{users("X1", "alice", fine, rename("eve"))},
			"X1 alice 1; ", "this root module is left out: iamvet crashed (in engine_test.crashing.Open, crash_test.go:"},
		{"a root that is evaluated", []string{"evaluated/name.txt"}, []*analyzer.Check{users("X1", "alice", fine, rename("eve"))},
			"X1 alice 1; ", "this root module is left out: iamvet crashed (in engine_test.crashing.Open, crash_test.go:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := engine.Input{Boundary: workspace.OverFS(crashing{files, tt.broken}), Paths: []string{"."}, ScanRoot: ".", WorkDir: ".", Recover: true}
			r, err := engine.Analyze(context.Background(), in, tt.checks)
			if err != nil {
				t.Fatal(err)
			}
			found := ""
			for _, f := range r.Findings {
				found += fmt.Sprintf("%s %s %d; ", f.Check.ID, f.Resource.Attr("name").TextOr("?"), len(f.Fixes))
			}
			if found != tt.found {
				t.Errorf("found %q, want %q", found, tt.found)
			}
			if tt.gap == "" {
				if len(r.Gaps) > 0 {
					t.Errorf("gaps: %v", r.Gaps)
				}
				return
			}
			if len(r.Gaps) != 1 || r.Gaps[0].Kind != source.ErrorGap || !strings.HasPrefix(r.Gaps[0].Reason, tt.gap) {
				t.Fatalf("gaps %v, want %s", r.Gaps, tt.gap)
			}
			inEveryFormat(t, r)
			in.Recover = false
			if !panics(func() { engine.Analyze(context.Background(), in, tt.checks) }) {
				t.Error("without Recover it does not pass through")
			}
		})
	}
}

// inEveryFormat looks for a crash in what is printed, where it asks for a report and
// says nothing of what was read.
func inEveryFormat(t *testing.T, r *analyzer.Report) {
	t.Helper()
	for name, write := range map[string]func(io.Writer, *analyzer.Report) error{
		"text":     func(w io.Writer, r *analyzer.Report) error { return report.Text(w, r, report.TextOptions{}) },
		"json":     report.JSON,
		"markdown": report.Markdown,
		"github":   report.GitHub,
		"sarif":    func(w io.Writer, r *analyzer.Report) error { return sarif.Write(w, r, sarif.Options{}) },
	} {
		var b bytes.Buffer
		if err := write(&b, r); err != nil {
			t.Fatal(err)
		}
		// In Markdown no text is a link: a space without width stands in its address.
		text := strings.ReplaceAll(strings.Join(strings.Fields(b.String()), " "), "\u200b", "")
		for _, want := range []string{"iamvet crashed", engine.Issues} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, b.String())
			}
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s says what panicked:\n%s", name, b.String())
		}
		if name == "sarif" && (!strings.Contains(text, `"executionSuccessful": false`) || !strings.Contains(text, `"id": "IVN005"`)) {
			t.Errorf("sarif is taken for whole:\n%s", b.String())
		}
	}
}

func panics(do func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	do()
	return false
}

// A fix that crashes beside another is left out, and said.
func TestCrashesOfFixesTogether(t *testing.T) {
	files := fstest.MapFS{"main.tf": {Data: []byte("resource \"aws_iam_user\" \"a\" {\n  name = \"alice\"\n}\nresource \"aws_iam_user\" \"b\" {\n  name = \"bob\"\n}\n")}}
	both := func(p *analyzer.Pass, _ *terraform.Resource) {
		if p.Model.Users[0].Resource.Attr("name").TextOr("") == "x" && p.Model.Users[1].Resource.Attr("name").TextOr("") == "y" {
			panic("hunter2")
		}
	}
	list := []*analyzer.Check{users("X1", "alice", both, rename("x")), users("X2", "bob", fine, rename("y"))}
	in := engine.Input{Boundary: workspace.OverFS(files), Paths: []string{"."}, ScanRoot: ".", WorkDir: ".", Recover: true}
	r, err := engine.Analyze(context.Background(), in, list)
	if err != nil {
		t.Fatal(err)
	}
	var chosen []analyzer.Chosen
	for _, f := range r.Findings {
		chosen = append(chosen, analyzer.Chosen{Finding: f, Fix: f.Fixes[0]})
	}
	together, err := engine.Combine(context.Background(), in, list, chosen)
	if err != nil {
		t.Fatal(err)
	}
	if len(together.Applied) != 1 || len(together.Left) != 1 || len(together.Gaps) != 1 || !strings.Contains(together.Gaps[0].Reason, "iamvet crashed") {
		t.Errorf("applied %d, left %v, gaps %v", len(together.Applied), together.Left, together.Gaps)
	}
}

// What crashed in an evaluation does so again for who asks next: it is never taken
// for a value, or for one that depends on itself.
func TestCrashesStayCrashes(t *testing.T) {
	files := fstest.MapFS{
		"main.tf": {Data: []byte("locals {\n  n = file(\"x\")\n}\nresource \"aws_iam_user\" \"u\" {\n  count = length(local.n)\n}\nresource \"aws_iam_group\" \"g\" {\n  name = local.n\n}\nmodule \"m\" {\n  source = \"./m\"\n  count = length(local.n)\n}\n")},
		"m/m.tf":  {Data: []byte("resource \"aws_iam_role\" \"r\" {}\n")},
		"x":       {Data: []byte("x")},
	}
	root, err := terraform.LoadConfig(context.Background(), workspace.OverFS(crashing{files, []string{"x"}}), ".", terraform.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, typ := range []string{"aws_iam_user", "aws_iam_role", "aws_iam_group"} {
			if !panics(func() { root.Resources(typ) }) {
				t.Errorf("%s has a value", typ)
			}
		}
	}
	if gaps := root.Gaps(); len(gaps) > 0 {
		t.Errorf("gaps: %v", gaps)
	}
}
