package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/checks/checktest"
)

// What is applied is done with: a scan afterwards has no violation where one was
// fixed, none that was not there, and nothing more to apply; what fix says is left is
// what scan finds; and fix changes no byte when it runs again. This holds in every
// fixture, and in what every script begins with.
func TestFixSettles(t *testing.T) {
	checktest.Each(t, "../../testdata/checks", func(t *testing.T, dir string) {
		work := t.TempDir()
		if err := os.CopyFS(work, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		settles(t, work)
	}, nil)
	scripts, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range scripts {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := tree(archive, "", false)
		if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return strings.Contains(filepath.Base(name), ".tf") }) {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			for name, text := range files {
				path := filepath.Join(work, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			settles(t, work)
		})
	}
}

func settles(t *testing.T, dir string) {
	before, _, _ := scannedAs(t, dir)
	fixed, kept, known := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range before {
		known[f.Fingerprint] = true
		for _, k := range f.keys() {
			if f.applicable() {
				fixed[k] = true
			} else {
				kept[k] = true
			}
		}
	}
	said, status := ran(t, dir, "fix", "--yes", "--grade", "narrowing", ".")
	if len(fixed) == 0 && !strings.Contains(said, "0 fixes applied") && status != exitBroken {
		t.Errorf("nothing is to be fixed, and fix says:\n%s", said)
	}
	after, left, failed := scannedAs(t, dir)
	for _, f := range after {
		if f.applicable() {
			t.Errorf("there is more to apply: %s\n%s\n%s", f.Message, f.Fixes[0].Diff, said)
		}
		if !f.fails() {
			continue
		}
		for _, k := range f.keys() {
			switch {
			case fixed[k] && f.estate() && !known[f.Fingerprint]: // a policy that is mended is one that is not attached everywhere
			case fixed[k] && !kept[k]:
				t.Errorf("%s: was fixed, and is found still: %s", k, f.Message)
			case !kept[k] && !behind(f, fixed):
				t.Errorf("%s: is new: %s", k, f.Message)
			}
		}
	}
	if status != failed {
		t.Errorf("fix ends with %d, and a scan afterwards with %d:\n%s", status, failed, said)
	}
	if n := fmt.Sprintf("%d violation", left); left > 0 && failed != exitBroken && !strings.Contains(said, n) {
		t.Errorf("a scan finds %ss, and fix says:\n%s", n, said)
	}
	once := contents(t, dir)
	said, _ = ran(t, dir, "fix", "--yes", "--grade", "narrowing", ".")
	if again := contents(t, dir); !maps.Equal(once, again) || !strings.Contains(said, "0 fixes applied") && failed != exitBroken {
		t.Errorf("fix changes something when it runs again:\n%s", said)
	}
}

// told is a finding as it is printed.
type told struct {
	ID, Verdict, Severity, Message, Fingerprint string
	Resource                                    struct {
		Instances []struct{ Root, Address string }
	}
	Fixes []struct{ Grade, Diff string }
}

func (f *told) applicable() bool {
	return slices.ContainsFunc(f.Fixes, func(x struct{ Grade, Diff string }) bool { return x.Grade != analyzer.Draft.String() })
}

// estate says that the rule has one question about an organization.
func (f *told) estate() bool {
	c, err := rule(f.ID)
	return err == nil && c.Estate
}

// fails says that a scan ends with a finding's kind of status.
func (f *told) fails() bool {
	s, _ := analyzer.ParseSeverity(f.Severity)
	return f.Verdict == analyzer.Violation.String() && s >= analyzer.Medium
}

// keys tell what a finding is about.
func (f *told) keys() []string {
	out := []string{}
	for _, in := range f.Resource.Instances {
		out = append(out, strings.Join([]string{f.ID, in.Root, in.Address}, " "))
	}
	if len(out) == 0 {
		out = append(out, f.ID)
	}
	return out
}

// behind says that a rule is silent where what was fixed is found, or is said with it.
func behind(f *told, fixed map[string]bool) bool {
	c, err := rule(f.ID)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(fixed)), func(k string) bool {
		of, _, _ := strings.Cut(k, " ")
		return of == c.Behind || of == c.Under && slices.ContainsFunc(f.keys(), func(own string) bool { return of+strings.TrimPrefix(own, f.ID) == k })
	})
}

// scannedAs is what a scan of a directory finds, how many of it are violations at
// medium or above, and with what it ends.
func scannedAs(t *testing.T, dir string) (findings []*told, violations, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, dir: dir, now: func() time.Time { return checktest.Now }}
	status = p.run(t.Context(), []string{"scan", "--format", "json", "."})
	var report struct{ Findings []*told }
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Skipf("there is nothing to scan: %s", stderr.String())
	}
	for _, f := range report.Findings {
		if f.fails() {
			violations++
		}
	}
	return report.Findings, violations, status
}

// ran is what a command says, and with what it ends.
func ran(t *testing.T, dir string, args ...string) (said string, status int) {
	t.Helper()
	var out bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &out, dir: dir, now: func() time.Time { return checktest.Now }}
	status = p.run(t.Context(), args)
	return out.String(), status
}

// contents are the files below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
