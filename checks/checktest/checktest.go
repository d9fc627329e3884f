// Package checktest runs the catalogue over fixtures: directories of Terraform
// in which a comment on the line concerned says what is expected there.
//
//	resource "aws_iam_access_key" "k" {
//	  user = "root" # want IV101 "aws_iam_access_key.k"
//	}
//
// A want names a rule, with "/severity" where that matters, and one or more
// quoted regular expressions for the messages. "want?" expects an undetermined
// finding; "want@+3" points three lines down, for heredocs and other places
// where a comment cannot stand. In a directory, want.txt holds lines of the form
// `file:line IV101 "regexp"` for files that have no comments. Findings of rules
// that the directory neither is about (its parent's name) nor mentions do not
// count.
package checktest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// want is one expectation.
type want struct {
	file         string
	line         int
	rule         string
	severity     string
	undetermined bool
	re           *regexp.Regexp
	met          bool
}

// of says that it is about findings of a severity.
func (w *want) of(s analyzer.Severity) bool { return w.severity == "" || w.severity == s.String() }

var (
	wantComment = regexp.MustCompile(`(?:#|//)\s*(want\S*\s+IV\d+.*)$`)
	wantHead    = regexp.MustCompile(`^want(\?)?(?:@([+-]\d+))?\s+(IV\d+)(?:/([a-z]+))?\s+`)
	sidecarLine = regexp.MustCompile(`^(\S+):(\d+)\s+(IV\d+)(\?)?(?:/([a-z]+))?\s+(.*)$`)
)

// Run checks every fixture below dir, a folder per rule and a folder per case. At the
// end, but for -short, it scans all of them again on one core: the reports have to be
// the same bytes.
func Run(t *testing.T, dir string, checks []*analyzer.Check) {
	all := cases(t, dir)
	first := make([]*bytes.Buffer, len(all))
	t.Cleanup(func() {
		if testing.Short() {
			return
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		for i, report := range first {
			if report != nil {
				deterministic(t, all[i], checks, report)
			}
		}
	})
	for i, c := range all {
		t.Run(caseName(c), func(t *testing.T) {
			t.Parallel()
			first[i] = written(t, runCase(t, c, filepath.Base(filepath.Dir(c)), checks))
		})
	}
}

func runCase(t *testing.T, dir, rule string, checks []*analyzer.Check) *analyzer.Report {
	wants := parseWants(t, dir)
	about := map[string]bool{rule: true}
	for _, w := range wants {
		about[w.rule] = true
	}
	r := Analyze(t, dir, checks)
	for _, f := range r.All() {
		if !about[f.Check.ID] {
			continue
		}
		if !meet(wants, f) {
			t.Errorf("%s: not expected: %s %s/%s: %s", place(f), f.Verdict, f.Check.ID, f.Severity, f.Message)
		}
		if f.Verdict == analyzer.Undetermined && len(f.Needs) == 0 {
			t.Errorf("%s: undetermined, but needs nothing: %s", place(f), f.Message)
		}
	}
	for _, f := range analyzer.Every(r.Findings) {
		if clause := repeated(f); clause != "" {
			t.Errorf("%s: the witness repeats the message: %q: %s", place(f), clause, f.Message)
		}
	}
	for _, w := range wants {
		if !w.met {
			t.Errorf("%s:%d: missing: %s %s matching %q", w.file, w.line, w.rule, w.severity, w.re)
		}
	}
	return r
}

// Analyze scans a directory as the command does, with the directory itself as
// the boundary.
func Analyze(t *testing.T, dir string, checks []*analyzer.Check) *analyzer.Report {
	t.Helper()
	return analyze(t, dir, checks, func(*engine.Input) {})
}

// input is a directory as the command takes it.
func input(t *testing.T, dir string) engine.Input {
	t.Helper()
	b, err := workspace.OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	in := engine.Input{Version: "test", Now: Now, Boundary: b, Paths: []string{"."}, ScanRoot: ".", WorkDir: ".", Plans: evidence(t, b), CredentialReports: reports(t, b)}
	if bytes, err := fs.ReadFile(b.FS, settings.Name); err == nil {
		var wrong []*settings.Error
		if in.Settings, wrong = settings.Parse(source.NewFile(settings.Name, bytes)); len(wrong) > 0 {
			t.Fatal(wrong)
		}
	}
	return in
}

// Now is the time of every test.
var Now = time.Date(2026, time.November, 1, 12, 0, 0, 0, time.UTC)

// evidence is the plan.json and the state.json of a case. With configuration
// beside it, it is laid over that; alone, expectations name its line 1.
func evidence(t *testing.T, b *workspace.Boundary) []engine.Evidence {
	var out []engine.Evidence
	for _, name := range []string{"plan.json", "state.json"} {
		text, err := fs.ReadFile(b.FS, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		e := engine.Evidence{Name: name, Read: engine.ReadOnce(bytes.NewReader(text), name == "state.json")}
		if workspace.HasConfiguration(b, ".") {
			e.Dir, e.HasDir = ".", true
		}
		out = append(out, e)
	}
	return out
}

// reports are the credential reports of a case: report*.csv and report*.json. In
// want.txt their rows have the lines of the file.
func reports(t *testing.T, b *workspace.Boundary) []*source.File {
	var out []*source.File
	for _, pattern := range []string{"report*.csv", "report*.json"} {
		names, err := fs.Glob(b.FS, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(b.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, source.NewFile(name, text))
		}
	}
	return out
}

// deterministic runs the analysis again, with another number of processors than the
// first time.
func deterministic(t *testing.T, dir string, checks []*analyzer.Check, first *bytes.Buffer) {
	t.Helper()
	again := written(t, Analyze(t, dir, checks))
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Errorf("%s: two runs differ:\n%s\n%s", dir, first, again)
	}
}

func written(t *testing.T, r *analyzer.Report) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	if err := reporttest.Valid("report.json", b.Bytes()); err != nil {
		t.Error(err)
	}
	return &b
}

// repeated is the clause of a witness that stands in the message already.
func repeated(f *analyzer.Finding) string {
	if f.Witness == nil {
		return ""
	}
	_, because, _ := strings.Cut(f.Witness.Words, ": ")
	if because != "" && strings.Contains(f.Message, because) {
		return because
	}
	return ""
}

func place(f *analyzer.Finding) string {
	if f.Span.IsZero() {
		return f.File + ": nowhere"
	}
	return fmt.Sprintf("%s:%d", f.Span.File.Name, f.Span.StartPos().Line)
}

// meet says that a finding is expected. The other instances of a finding may meet
// expectations of their own.
func meet(wants []*want, f *analyzer.Finding) bool {
	file, line := f.File, 1
	if !f.Span.IsZero() {
		file, line = f.Span.File.Name, f.Span.StartPos().Line
	}
	var here []*want
	for _, w := range wants {
		if w.rule == f.Check.ID && w.file == file && w.line == line && w.undetermined == (f.Verdict == analyzer.Undetermined) {
			here = append(here, w)
		}
	}
	address := ""
	if f.Resource != nil {
		address = f.Resource.Address
	}
	first := func(w *want) bool {
		return w.of(f.Severity) && (w.re.MatchString(f.Message) || w.re.MatchString(address))
	}
	i := slices.IndexFunc(here, func(w *want) bool { return !w.met && first(w) })
	if i < 0 {
		return false
	}
	here[i].met = true
	for _, in := range f.Instances[min(1, len(f.Instances)):] {
		message := in.Message
		if message == "" {
			message = strings.ReplaceAll(f.Message, address, in.Address)
		}
		i := slices.IndexFunc(here, func(w *want) bool {
			return !w.met && !first(w) && w.of(in.Severity) && (w.re.MatchString(message) || w.re.MatchString(in.Address))
		})
		if i >= 0 {
			here[i].met = true
		}
	}
	return true
}

func parseWants(t *testing.T, dir string) []*want {
	var out []*want
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "fixes.diff" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		for i, line := range strings.Split(string(b), "\n") {
			line = strings.TrimSuffix(line, "\r")
			if d.Name() == "want.txt" {
				out = append(out, sidecar(t, rel, i+1, line)...)
			} else if m := wantComment.FindStringSubmatch(line); m != nil {
				out = append(out, comment(t, rel, i+1, m[1])...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].severity > out[j].severity })
	return out
}

func comment(t *testing.T, file string, line int, text string) []*want {
	var out []*want
	for text != "" {
		m := wantHead.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%s:%d: not an expectation: %s", file, line, text)
		}
		at := line
		if m[2] != "" {
			n, _ := strconv.Atoi(m[2])
			at += n
		}
		rest := text[len(m[0]):]
		rest = quoted(t, file, line, rest, func(re *regexp.Regexp) {
			out = append(out, &want{file: file, line: at, rule: m[3], severity: m[4], undetermined: m[1] == "?", re: re})
		})
		text = strings.TrimSpace(rest)
	}
	return out
}

func sidecar(t *testing.T, file string, line int, text string) []*want {
	if text = strings.TrimSpace(text); text == "" || strings.HasPrefix(text, "#") {
		return nil
	}
	m := sidecarLine.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("%s:%d: not an expectation: %s", file, line, text)
	}
	n, _ := strconv.Atoi(m[2])
	var out []*want
	quoted(t, file, line, m[6], func(re *regexp.Regexp) {
		out = append(out, &want{file: m[1], line: n, rule: m[3], severity: m[5], undetermined: m[4] == "?", re: re})
	})
	return out
}

// quoted reads quoted regular expressions off the front of text.
func quoted(t *testing.T, file string, line int, text string, f func(*regexp.Regexp)) string {
	for any := false; ; any = true {
		text = strings.TrimSpace(text)
		q, err := strconv.QuotedPrefix(text)
		if err != nil {
			if !any {
				t.Fatalf("%s:%d: no quoted expression: %s", file, line, text)
			}
			return text
		}
		s, _ := strconv.Unquote(q)
		re, err := regexp.Compile(s)
		if err != nil {
			t.Fatalf("%s:%d: %v", file, line, err)
		}
		f(re)
		text = text[len(q):]
	}
}
