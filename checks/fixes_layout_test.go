package checks_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
	"github.com/iamvet/iamvet/sarif"
	"github.com/iamvet/iamvet/sarif/reviewtest"
	"github.com/iamvet/iamvet/sarif/sariftest"
)

// Layout decides nothing: however a fixture is laid out, the same findings come
// with the same fixes, git makes of each fix's diff what applying its edits
// makes, and so do readers of its SARIF, reviewdog among them; formatted files stay
// formatted and line endings the same. LAYOUTS is how many layouts each fixture gets.
func TestFixesInAnyLayout(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not on this machine")
	}
	reviewdog, _ := exec.LookPath("reviewdog")
	rounds := 1
	if n, err := strconv.Atoi(os.Getenv("LAYOUTS")); err == nil {
		rounds = n
	}
	var fixes, carried atomic.Int64
	checktest.Each(t, "../testdata/checks", func(t *testing.T, dir string) {
		want, drafts := fixesOf(checktest.Analyze(t, dir, checks.All))
		if len(want)+len(drafts) == 0 {
			return
		}
		for round := range rounds {
			seed := fnv.New64a()
			fmt.Fprint(seed, filepath.ToSlash(dir), round)
			laidOut := t.TempDir()
			copyLaidOut(t, rand.New(rand.NewSource(int64(seed.Sum64()))), dir, laidOut)
			report := checktest.Analyze(t, laidOut, checks.All)
			got, _ := fixesOf(report)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, layout %d: fixes\n%s\nwant\n%s", dir, round, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			noTraps(t, laidOut, report)
			suggested := *report
			suggested.Findings, suggested.Undetermined = nil, nil
			made := map[string]int{}
			for _, f := range analyzer.Every(report.Findings) {
				for _, fix := range f.Fixes {
					applyBothWays(t, git, laidOut, fix)
					fixes.Add(1)
				}
				for name, text := range applySARIF(t, laidOut, report, f) {
					made[name+"\n"+string(text)]++
					suggested.Findings = append(suggested.Findings, f)
					carried.Add(1)
				}
			}
			if reviewdog != "" && len(made) > 0 {
				review(t, reviewdog, laidOut, &suggested, made)
			}
			if t.Failed() {
				dump(t, laidOut)
				return
			}
		}
	}, func() {
		if fixes.Load() < 50 || carried.Load() < 50 {
			t.Errorf("only %d fixes were tried, and %d in SARIF", fixes.Load(), carried.Load())
		}
	})
}

// fixesOf names the fixes of a report: those to apply, and drafts.
func fixesOf(r *analyzer.Report) (applicable, drafts []string) {
	for _, f := range analyzer.Every(r.Findings) {
		address := ""
		if f.Resource != nil {
			address = f.Resource.Address
		}
		for _, fix := range f.Fixes {
			name := fmt.Sprintf("%s %s: %s (%s)", f.Check.ID, address, fix.Message, fix.Grade)
			if fix.Grade == analyzer.Draft {
				drafts = append(drafts, name)
			} else {
				applicable = append(applicable, name)
			}
		}
	}
	sort.Strings(applicable)
	return applicable, drafts
}

// applyBothWays applies the edits of a fix, and its diff with git.
func applyBothWays(t *testing.T, git, dir string, fix *analyzer.Fix) {
	t.Helper()
	files := map[*source.File][]source.Edit{}
	for _, e := range fix.Edits {
		files[e.Span.File] = append(files[e.Span.File], e)
	}
	want := map[string][]byte{}
	for f, edits := range files {
		out, err := source.Apply(f, edits)
		if err != nil {
			t.Errorf("%s: %v", fix.Message, err)
			return
		}
		checkFixed(t, fix, f, out)
		want[f.Name] = out
	}
	scratch := t.TempDir()
	if err := os.CopyFS(scratch, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(git, "apply", "--whitespace=nowarn", "-")
	cmd.Dir = scratch
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(scratch), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = strings.NewReader(fix.Diff)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: git apply: %v\n%s\n%s", fix.Message, err, out, fix.Diff)
		return
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(scratch, name)); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: git made of %s\n%q\nthe edits\n%q", fix.Message, name, got, text)
		}
	}
}

// reader reads the files of a directory by the names that reports have.
func reader(dir string) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))) }
}

// noTraps asks whether the SARIF of a report is what its readers stumble over.
func noTraps(t *testing.T, dir string, r *analyzer.Report) {
	t.Helper()
	var b bytes.Buffer
	if err := sarif.Write(&b, r, sarif.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, trap := range sariftest.Traps(b.Bytes(), reader(dir)) {
		t.Error(trap)
	}
}

// applySARIF applies the fix that SARIF carries of a finding, as its readers do:
// strictly, and with columns that reviewdog takes for bytes. It makes what the
// edits make, which is returned by file.
func applySARIF(t *testing.T, dir string, r *analyzer.Report, f *analyzer.Finding) (made map[string][]byte) {
	t.Helper()
	read := reader(dir)
	one := *r
	one.Findings = []*analyzer.Finding{f}
	var b bytes.Buffer
	if err := sarif.Write(&b, &one, sarif.Options{}); err != nil {
		t.Fatal(err)
	}
	log, err := sariftest.Parse(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := sariftest.ApplyAll(log, read)
	if err != nil {
		t.Errorf("%s: %v", f.Message, err)
		return nil
	}
	for name, text := range got {
		same := false
		for _, fix := range f.Fixes {
			file := fix.Edits[0].Span.File
			want, err := source.Apply(file, fix.Edits)
			same = same || err == nil && fix.Grade != analyzer.Draft && file.Name == name && bytes.Equal(text, want)
		}
		if !same {
			t.Errorf("%s: SARIF makes of %s no fix of the finding:\n%s", f.Message, name, text)
		}
	}
	for _, result := range log.Runs[0].Results {
		for _, fix := range result.Fixes {
			asBytes(t, f, fix, read)
		}
	}
	return got
}

// review has reviewdog suggest the fixes of a report, in a pull request that adds all
// files. Each suggestion, committed, makes what one of the fixes makes, and each fix
// is suggested once: made counts them, by file and text.
func review(t *testing.T, reviewdog, dir string, r *analyzer.Report, made map[string]int) {
	t.Helper()
	head := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			head[filepath.ToSlash(name)], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if err := sarif.Write(&log, r, sarif.Options{}); err != nil {
		t.Fatal(err)
	}
	pr := reviewtest.Open(t, nil, head)
	for _, c := range pr.Review(t, reviewdog, log.Bytes()) {
		files, err := pr.Commit(c)
		if err != nil {
			t.Error(err)
		}
		for name, text := range files {
			if made[name+"\n"+string(text)]--; made[name+"\n"+string(text)] < 0 {
				t.Errorf("%s:%d: the suggestion makes of the file what no fix makes of it:\n%s", c.Path, c.Line, text)
			}
		}
	}
	for text, n := range made {
		if n > 0 {
			t.Errorf("no suggestion for a fix that makes this: %s", text)
		}
	}
}

// asBytes makes each replacement once with columns in UTF-16 units and once in
// bytes, which has to come to the same.
func asBytes(t *testing.T, f *analyzer.Finding, fix sariftest.Fix, read func(string) ([]byte, error)) {
	t.Helper()
	for _, change := range fix.ArtifactChanges {
		text, err := read(change.ArtifactLocation.URI)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range change.Replacements {
			strict, err1 := sariftest.Apply(text, r, sariftest.UTF16)
			bytewise, err2 := sariftest.Apply(text, r, sariftest.Bytes)
			if err1 != nil || err2 != nil || !bytes.Equal(strict, bytewise) {
				t.Errorf("%s: columns in bytes and in UTF-16 units come to different texts (%v, %v): %+v", f.Message, err1, err2, r.DeletedRegion)
			}
		}
	}
}

func checkFixed(t *testing.T, fix *analyzer.Fix, f *source.File, out []byte) {
	t.Helper()
	if strings.HasSuffix(f.Name, ".tf") {
		if bytes.Equal(hclwrite.Format(f.Bytes), f.Bytes) && !bytes.Equal(hclwrite.Format(out), out) {
			t.Errorf("%s: no longer formatted:\n%s", fix.Message, fix.Diff)
		}
		if _, diags := hclsyntax.ParseConfig(out, f.Name, hcl.InitialPos); diags.HasErrors() {
			t.Errorf("%s: %v\n%s", fix.Message, diags, fix.Diff)
		}
	}
	lines, crlf := bytes.Count(f.Bytes, []byte("\n")), bytes.Count(f.Bytes, []byte("\r\n"))
	if lines == crlf && bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) ||
		crlf == 0 && bytes.Contains(out, []byte("\r")) {
		t.Errorf("%s: line endings are mixed: %q", fix.Message, out)
	}
}

func dump(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := os.ReadFile(path)
			t.Logf("%s:\n%s", path, b)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
