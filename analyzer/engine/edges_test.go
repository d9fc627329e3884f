package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

const (
	edgeKey  = "resource \"aws_iam_access_key\" \"k\" {\n  user = \"root\"\n}"
	edgeUser = "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}"
	edgeOrg  = "resource \"aws_organizations_organization\" \"o\" {\n  feature_set = \"ALL\"\n}"
)

// What is found and mended does not depend on where in its file it stands: at the
// very first byte, at the last, or alone.
func TestFindingsAtTheEdgesOfFiles(t *testing.T) {
	for _, blocks := range [][]string{{edgeKey}, {edgeKey, edgeUser}, {edgeUser, edgeKey}, {edgeKey, edgeOrg}, {edgeOrg, edgeKey}} {
		for _, head := range []string{"", "\uFEFF", "\n", "\uFEFF\n"} {
			for _, tail := range []string{"", "\n", "\n\n"} {
				for _, newline := range []string{"\n", "\r\n"} {
					text := strings.ReplaceAll(head+strings.Join(blocks, "\n")+tail, "\n", newline)
					findingsAtEdges(t, text)
					if t.Failed() {
						t.Fatalf("%q", text)
					}
				}
			}
		}
	}
}

func findingsAtEdges(t *testing.T, text string) {
	t.Helper()
	in := engine.Input{Now: checktest.Now, ScanRoot: ".", WorkDir: ".", Paths: []string{"."},
		Boundary: workspace.OverFS(fstest.MapFS{"main.tf": {Data: []byte(text)}})}
	r, err := engine.Analyze(context.Background(), in, checks.All)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Gaps) > 0 {
		t.Errorf("a gap: %s", r.Gaps[0].Reason)
	}
	keys := 0
	for _, f := range r.Findings {
		if f.Check == checks.RootAccessKey {
			keys++
			if f.Severity != analyzer.Critical || len(f.Fixes) != 2 {
				t.Errorf("%s with %d fixes", f.Severity, len(f.Fixes))
			}
		}
		for _, fix := range f.Fixes {
			edgeFix(t, in, analyzer.Chosen{Finding: f, Fix: fix})
		}
	}
	if keys != 1 {
		t.Errorf("%d root keys", keys)
	}
}

// edgeFix applies one fix, as iamvet fix does, and looks at what is left.
func edgeFix(t *testing.T, in engine.Input, c analyzer.Chosen) {
	t.Helper()
	together, err := engine.Combine(context.Background(), in, checks.All, []analyzer.Chosen{c})
	if err != nil {
		t.Fatal(err)
	}
	if len(together.Applied) != 1 || len(together.Edits) != 1 {
		t.Fatalf("%s: left out: %s", c.Fix.Message, fmt.Sprint(together.Left))
	}
	e := together.Edits[0]
	after, err := source.Apply(e.File, e.Edits)
	if err != nil {
		t.Fatal(err)
	}
	root, err := terraform.LoadConfig(context.Background(), workspace.OverFS(fstest.MapFS{"main.tf": {Data: after}}), ".", terraform.Options{})
	if err != nil {
		t.Fatalf("%s: %v", c.Fix.Message, err)
	}
	for _, g := range root.Gaps() {
		t.Errorf("%s leaves %q: %s", c.Fix.Message, after, g.Reason)
	}
	if gone := len(root.Resources("aws_iam_access_key")) == 0; gone != strings.HasPrefix(c.Fix.Message, "remove the key") {
		t.Errorf("%s leaves %q", c.Fix.Message, after)
	}
	crlf := strings.Contains(string(e.File.Bytes), "\r\n")
	if plain := strings.Count(string(after), "\n") - strings.Count(string(after), "\r\n"); crlf && plain > 0 || !crlf && strings.Contains(string(after), "\r") {
		t.Errorf("%s mixes line endings: %q", c.Fix.Message, after)
	}
}
