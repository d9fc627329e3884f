package checks_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
	"github.com/iamvet/iamvet/sarif"
	"github.com/iamvet/iamvet/sarif/sariftest"
)

// Layout decides nothing: however a fixture is laid out, the same findings come
// with the same fixes, git makes of each fix's diff what applying its edits
// makes, formatted files stay formatted and line endings the same.
func TestFixesInAnyLayout(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not on this machine")
	}
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	fixes, carried := 0, 0
	dirs, err := filepath.Glob("../testdata/checks/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for k, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		want, drafts := fixesOf(checktest.Analyze(t, dir, checks.All))
		if len(want)+len(drafts) == 0 {
			continue
		}
		for round := range rounds {
			r := rand.New(rand.NewSource(int64(k*rounds + round)))
			laidOut := t.TempDir()
			copyLaidOut(t, r, dir, laidOut)
			report := checktest.Analyze(t, laidOut, checks.All)
			got, _ := fixesOf(report)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, layout %d: fixes\n%s\nwant\n%s", dir, round, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			for _, f := range report.Findings {
				for _, fix := range f.Fixes {
					applyBothWays(t, git, laidOut, fix)
					fixes++
				}
				carried += applySARIF(t, laidOut, report, f)
			}
			if t.Failed() {
				dump(t, laidOut)
				return
			}
		}
	}
	if fixes < 50 || carried < 50 {
		t.Errorf("only %d fixes were tried, and %d in SARIF", fixes, carried)
	}
}

// fixesOf names the fixes of a report: those to apply, and drafts.
func fixesOf(r *analyzer.Report) (applicable, drafts []string) {
	for _, f := range r.Findings {
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

// applySARIF applies the fix that SARIF carries of a finding, as its readers do:
// strictly, and with columns that reviewdog takes for bytes. It makes what the
// edits make.
func applySARIF(t *testing.T, dir string, r *analyzer.Report, f *analyzer.Finding) (carried int) {
	t.Helper()
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))) }
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
	for _, trap := range sariftest.Traps(b.Bytes(), read) {
		t.Errorf("%s: %s", f.Message, trap)
	}
	got, err := sariftest.ApplyAll(log, read)
	if err != nil {
		t.Errorf("%s: %v", f.Message, err)
		return 0
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
		carried++
	}
	for _, result := range log.Runs[0].Results {
		for _, fix := range result.Fixes {
			asBytes(t, f, fix, read)
		}
	}
	return carried
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

// copyLaidOut copies a fixture with another layout.
func copyLaidOut(t *testing.T, r *rand.Rand, from, to string) {
	t.Helper()
	how := layout{Rand: r, tabs: r.Intn(4) == 0, wide: r.Intn(3) == 0, comments: r.Intn(2) == 0, fold: r.Intn(2) == 0, format: r.Intn(2) == 0, crlf: r.Intn(3) == 0}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || d.Name() == "want.txt" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, how.apply(d.Name(), b), 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// layout is another way to write the same file.
type layout struct {
	*rand.Rand
	tabs, wide, comments, fold, format, crlf bool
}

func (l layout) apply(name string, b []byte) []byte {
	if strings.HasSuffix(name, ".tf") {
		if l.fold {
			b = l.foldBlocks(b)
		}
		if l.comments {
			b = append([]byte("# é😀 \"{\n"), l.remark(b)...)
		}
		if l.format {
			b = hclwrite.Format(b)
		}
	}
	if !l.format {
		lines := strings.Split(string(b), "\n")
		for i, line := range lines {
			text := strings.TrimLeft(line, " ")
			n := len(line) - len(text)
			switch {
			case l.tabs && n%2 == 0:
				lines[i] = strings.Repeat("\t", n/2) + text
			case l.wide:
				lines[i] = strings.Repeat(" ", 2*n) + text
			}
		}
		b = []byte(strings.Join(lines, "\n"))
	}
	if l.crlf {
		b = bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	}
	return b
}

// foldBlocks writes some blocks of one attribute on one line.
func (l layout) foldBlocks(b []byte) []byte {
	file, diags := hclsyntax.ParseConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return b
	}
	f := source.NewFile("main.tf", b)
	var edits []source.Edit
	var visit func(body *hclsyntax.Body)
	visit = func(body *hclsyntax.Body) {
		for _, block := range body.Blocks {
			visit(block.Body)
			inside := source.Span{File: f, Start: block.OpenBraceRange.End.Byte, End: block.CloseBraceRange.Start.Byte}
			text := strings.TrimSpace(inside.Text())
			if len(block.Body.Attributes) == 1 && len(block.Body.Blocks) == 0 && !strings.ContainsAny(text, "\n#") && l.Intn(2) == 0 {
				edits = append(edits, source.Edit{Span: inside, New: " " + text + " "})
			}
		}
	}
	visit(file.Body.(*hclsyntax.Body))
	out, err := source.Apply(f, edits)
	if err != nil {
		return b
	}
	return out
}

// remark adds comments at the ends of lines.
func (l layout) remark(b []byte) []byte {
	toks, diags := hclsyntax.LexConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return b
	}
	f := source.NewFile("main.tf", b)
	var edits []source.Edit
	templates := 0
	for i, t := range toks {
		switch t.Type {
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			templates++
		case hclsyntax.TokenTemplateSeqEnd:
			templates--
		case hclsyntax.TokenNewline:
			if i > 0 && templates == 0 && toks[i-1].Type != hclsyntax.TokenNewline && toks[i-1].Type != hclsyntax.TokenCHeredoc && l.Intn(3) == 0 {
				at := t.Range.Start.Byte
				edits = append(edits, source.Edit{Span: source.Span{File: f, Start: at, End: at}, New: []string{" # é😀 {", " // \"", " /* ] */"}[l.Intn(3)]})
			}
		}
	}
	out, err := source.Apply(f, edits)
	if err != nil {
		return b
	}
	return out
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
