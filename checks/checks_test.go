package checks_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

func TestFixtures(t *testing.T) {
	checktest.Run(t, "../testdata/checks", checks.All)
}

// The catalogue is what users name, so it has to be whole and in order.
func TestCatalogue(t *testing.T) {
	var ids []string
	names := map[string]bool{}
	for _, c := range checks.All {
		ids = append(ids, c.ID)
		if !regexp.MustCompile(`^IV\d{3}$`).MatchString(c.ID) {
			t.Errorf("%s: not an id", c.ID)
		}
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(c.Name) || names[c.Name] {
			t.Errorf("%s: name %q is malformed or taken", c.ID, c.Name)
		}
		names[c.Name] = true
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Title[0] >= 'A' && c.Title[0] <= 'Z' {
			t.Errorf("%s: title %q has a capital or a full stop", c.ID, c.Title)
		}
		if c.Doc == "" || c.Remediation == "" || len(c.References) == 0 || c.Run == nil && c.Deployed == nil {
			t.Errorf("%s: doc, remediation, references and run have to be there", c.ID)
		}
		if len(c.Severities) == 0 || c.Severities[0] != c.Severity {
			t.Errorf("%s: severities begin with the default", c.ID)
		}
		fixtures(t, c.ID)
	}
	if !sort.StringsAreSorted(ids) {
		t.Errorf("rules are not in order of their ids: %v", ids)
	}
}

// fixtures asks for a violation and for a file without any, of each rule.
func fixtures(t *testing.T, id string) {
	var wanted, silent bool
	err := filepath.WalkDir(filepath.Join("../testdata/checks", id), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(string(b), "want") && strings.Contains(string(b), id) {
			wanted = true
		} else if strings.HasSuffix(path, ".tf") {
			silent = true
		}
		return nil
	})
	if err != nil || !wanted || !silent {
		t.Errorf("%s: testdata/checks/%s needs a violation and a clean file (%v)", id, id, err)
	}
}

// Whoever opens a rule can read it: no file here is long.
func TestFilesAreShort(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > 250 && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s has %d lines, 250 are allowed: say apart what the rule reports and how it decides", name, lines)
		}
	}
}
