package checks_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

var update = flag.Bool("update", false, "rewrite the pages of the rules, and the diffs of fixtures")

// The pages of docs/rules, and the examples that iamvet explain prints with
// them, are what the rules and their example fixtures make.
func TestRulePages(t *testing.T) {
	have := map[string]bool{}
	for _, c := range checks.All {
		t.Run(c.ID, func(t *testing.T) {
			have[c.ID+".md"] = true
			section := example(t, c).Markdown()
			golden(t, filepath.Join("examples", c.ID+".md"), []byte(section))
			var page bytes.Buffer
			if err := report.Page(&page, c, section); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("../docs/rules", c.ID+".md"), page.Bytes())
		})
	}
	for _, dir := range []string{"examples", "../docs/rules"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !have[filepath.Base(f)] {
				t.Errorf("%s is the page of no rule", f)
			}
		}
	}
}

// docs/settings.md is what the settings and the rules make, and the settings that
// rules name are there.
func TestSettingsPage(t *testing.T) {
	asked := map[string]bool{}
	for _, c := range checks.All {
		for _, name := range c.Settings {
			asked[name] = true
			if !slices.ContainsFunc(settings.All, func(s settings.Setting) bool { return s.Name == name }) {
				t.Errorf("%s asks for a setting that is not there, %s", c.ID, name)
			}
		}
	}
	for _, s := range settings.All {
		if !asked[s.Name] && !slices.Contains([]string{"severities", "rules", "ignore", "exclude", "language", "root"}, s.Name) {
			t.Errorf("no rule asks for %s", s.Name)
		}
	}
	var page bytes.Buffer
	if err := report.SettingsPage(&page, checks.All); err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/settings.md", page.Bytes())
}

// golden asks for a file with this content; with -update it is written.
func golden(t *testing.T, name string, want []byte) {
	t.Helper()
	old, err := os.ReadFile(name)
	if err == nil && bytes.Equal(old, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale (%v); go test ./checks -update writes it", name, err)
	}
	if err := os.WriteFile(name, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// expectation is what only the harness reads.
var expectation = regexp.MustCompile(`(?m)[ \t]*#[ \t]*want\S*[ \t]+IV\d+.*$`)

// example is the fixture of a rule for its page.
func example(t *testing.T, c *analyzer.Check) report.Example {
	dir := filepath.Join("../testdata/checks", c.ID, "example")
	var out report.Example
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "want.txt" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out.Files = append(out.Files, report.ExampleFile{Name: e.Name(), Text: expectation.ReplaceAllString(string(b), "")})
	}
	findings := checktest.Analyze(t, dir, checks.All).Findings
	i := slices.IndexFunc(findings, func(f *analyzer.Finding) bool { return f.Check == c && f.Verdict == analyzer.Violation })
	if i < 0 {
		t.Fatalf("%s: no violation in the example", c.ID)
	}
	out.Finding = findings[i]
	for _, fix := range out.Finding.Fixes {
		fix.Diff = expectation.ReplaceAllString(fix.Diff, "")
	}
	return out
}

// A reader finds the three questions answered on every page.
func TestDocAnswersThreeQuestions(t *testing.T) {
	for _, c := range checks.All {
		paragraphs := strings.Split(strings.TrimSpace(c.Doc), "\n\n")
		if len(paragraphs) < 3 {
			t.Errorf("%s: the doc has %d paragraphs, for what it finds, why it matters, and when it is fine", c.ID, len(paragraphs))
		}
		if first, _, _ := strings.Cut(strings.TrimSpace(c.Remediation), "\n\n"); !strings.HasSuffix(first, ".") {
			t.Errorf("%s: the remediation does not begin with a sentence: %q", c.ID, first)
		}
	}
}
