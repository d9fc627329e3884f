package sarif

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/sarif/sariftest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const schemaFile = "../testdata/sarif/sarif-schema-2.1.0.json"

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return c.Compile(schemaFile)
})

func write(t *testing.T, r *analyzer.Report, opt Options) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, r, opt); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// valid fails the test when the log breaks the schema or holds a trap.
func valid(t *testing.T, log []byte, read func(string) ([]byte, error)) *sariftest.Log {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
	for _, trap := range sariftest.Traps(log, read) {
		t.Error(trap)
	}
	l, err := sariftest.Parse(log)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func reader(s *reporttest.Sample) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if f := s.Files[name]; f != nil {
			return f.Bytes, nil
		}
		return nil, fmt.Errorf("%s: no such file", name)
	}
}

func TestGolden(t *testing.T) {
	full := Options{Category: "iamvet/prod/", Notes: true, IncludeSuppressed: true,
		RepositoryURI: "https://github.com/example/infra", RevisionID: "0123456789012345678901234567890123456789", Branch: "main"}
	for _, test := range []struct {
		name   string
		report *analyzer.Report
		opt    Options
	}{
		{"sample", reporttest.New().Report, Options{}},
		{"full", reporttest.New().Report, full},
		{"clean", &analyzer.Report{Version: "v1.2.3-rc.1", Checks: []*analyzer.Check{reporttest.RootKey}}, Options{}},
		{"empty", &analyzer.Report{}, Options{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := write(t, test.report, test.opt)
			if again := write(t, reporttest.New().Report, test.opt); test.report.Findings != nil && !bytes.Equal(got, again) {
				t.Error("the same report gave other bytes")
			}
			valid(t, got, reader(reporttest.New()))
			path := "testdata/" + test.name + ".sarif"
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; go test -update shows how. Got:\n%s", path, got)
			}
		})
	}
}

func resultsOf(t *testing.T, opt Options) []sariftest.Result {
	t.Helper()
	s := reporttest.New()
	return valid(t, write(t, s.Report, opt), reader(s)).Runs[0].Results
}

func TestWhatIsAResult(t *testing.T) {
	ids := func(opt Options) string {
		var out []string
		for _, r := range resultsOf(t, opt) {
			id := r.RuleID
			if len(r.Suppressions) > 0 {
				id += "(suppressed)"
			}
			out = append(out, id)
		}
		return strings.Join(out, " ")
	}
	for _, test := range []struct {
		opt  Options
		want string
	}{
		{Options{}, "IV201 IV301/high IV101/low IV101 IV102 IV301"},
		{Options{Notes: true}, "IV201 IV301/high IV101/low IV101 IV102 IV102/note IV301"},
		{Options{IncludeSuppressed: true}, "IV201 IV301/high IV101/low IV101 IV102 IV301 IV101(suppressed) IV101(suppressed)"},
	} {
		if got := ids(test.opt); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.opt, got, test.want)
		}
	}
}

func TestSeverityIsOfTheRule(t *testing.T) {
	log := valid(t, write(t, reporttest.New().Report, Options{Notes: true}), reader(reporttest.New()))
	want := []string{"IV101 9.5", "IV101/low 3.0", "IV102 8.0", "IV102/note <nil>", "IV201 5.5", "IV301 5.5", "IV301/high 8.0"}
	var got []string
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		got = append(got, fmt.Sprint(r.ID, " ", r.Properties["security-severity"]))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The fixes of the log, applied strictly, make of the files what the edits make
// of them.
func TestFixesApply(t *testing.T) {
	s := reporttest.New()
	log := valid(t, write(t, s.Report, Options{}), reader(s))
	got, err := sariftest.ApplyAll(log, reader(s))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{}
	for _, f := range s.Report.Findings {
		for _, fix := range f.Fixes {
			if fix.Grade == analyzer.Draft || strings.HasPrefix(fix.Diff, "--- a/bom.tf") {
				continue // a draft, and the line of a byte order mark
			}
			file := fix.Edits[0].Span.File
			if want[file.Name], err = source.Apply(file, fix.Edits); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(got) != len(want) || len(want) != 3 {
		t.Errorf("%d files changed, want %d", len(got), len(want))
	}
	for name := range want {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got[name], want[name])
		}
	}
}

func TestPlansHaveAPlace(t *testing.T) {
	results := resultsOf(t, Options{})
	plan := results[len(results)-1]
	if at := plan.Locations[0].PhysicalLocation; at.ArtifactLocation.URI != "plan%201.json" || at.Region.StartLine != 1 {
		t.Errorf("plan is at %+v", at)
	}
	if hash := plan.PartialFingerprints["primaryLocationLineHash"]; hash != "0302" {
		t.Errorf("all findings of the plan would be one alert: %s", hash)
	}
}

func TestGapsAreNotifications(t *testing.T) {
	s := reporttest.New()
	levels := func(r *analyzer.Report) (ok bool, levels []string) {
		inv := valid(t, write(t, r, Options{}), reader(s)).Runs[0].Invocations[0]
		for _, n := range inv.ToolExecutionNotifications {
			levels = append(levels, n.Level)
		}
		return inv.ExecutionSuccessful, levels
	}
	if ok, got := levels(s.Report); ok || strings.Join(got, " ") != "error error warning warning note" {
		t.Errorf("successful %v, levels %v", ok, got)
	}
	s.Report.Gaps = s.Report.Gaps[2:]
	if ok, got := levels(s.Report); !ok || len(got) != 3 {
		t.Errorf("successful %v, levels %v", ok, got)
	}
}

func TestCap(t *testing.T) {
	s := reporttest.New()
	low, critical := s.Report.Findings[2], s.Report.Findings[3]
	s.Report.Findings = nil
	for range maxResults + 10 {
		s.Report.Findings = append(s.Report.Findings, low)
	}
	s.Report.Findings = append(s.Report.Findings, critical)
	run := valid(t, write(t, s.Report, Options{}), nil).Runs[0]
	last := run.Results[len(run.Results)-1]
	if len(run.Results) != maxResults || last.RuleID != "IV101" {
		t.Errorf("%d results, the last is %s", len(run.Results), last.RuleID)
	}
	notes := run.Invocations[0].ToolExecutionNotifications
	if text := notes[len(notes)-1].Message.Text; !strings.Contains(text, "11 results") {
		t.Errorf("last notification: %s", text)
	}
}

func TestRulesOfBareChecks(t *testing.T) {
	bare := &analyzer.Check{ID: "IV999", Name: "bare"}
	long := &analyzer.Check{ID: "IV998", Name: "long", Title: strings.Repeat("título largo ", 200), Doc: strings.Repeat("Satz. ", 400), Tags: make([]string, 30)}
	for i := range long.Tags {
		long.Tags[i] = fmt.Sprint("tag", i)
	}
	valid(t, write(t, &analyzer.Report{Checks: []*analyzer.Check{long}, Findings: []*analyzer.Finding{{Check: bare, Verdict: analyzer.Violation, Severity: analyzer.High, Message: "bare", Fingerprint: "f"}}}, Options{}), nil)
}

func TestCategory(t *testing.T) {
	for category, want := range map[string]string{"": "", "a": "a/", "a/b/": "a/b/"} {
		run := valid(t, write(t, &analyzer.Report{}, Options{Category: category}), nil).Runs[0]
		got := ""
		if run.AutomationDetails != nil {
			got = run.AutomationDetails.ID
		}
		if got != want {
			t.Errorf("category %q: id %q, want %q", category, got, want)
		}
	}
}

func TestFileURI(t *testing.T) {
	for name, want := range map[string]string{
		"a/b.tf": "a/b.tf", "./a/../b.tf": "b.tf", "a b/#1%.tf": "a%20b/%231%25.tf", "größe.tf": "gr%C3%B6%C3%9Fe.tf",
		"../out/plan.json": "plan.json", "/tmp/plan.json": "plan.json", `C:\x\plan.json`: "plan.json", "-": "stdin", "<stdin>": "stdin", "a:b.tf": "a%3Ab.tf",
	} {
		if got := fileURI(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// What go-sarif and others get wrong must not pass for right: Traps finds it.
func TestTrapsAreFound(t *testing.T) {
	s := reporttest.New()
	good := write(t, s.Report, Options{IncludeSuppressed: true})
	for name, edit := range map[string]func(run map[string]any){
		"ruleIndex": func(run map[string]any) { result(run, 0)["ruleIndex"] = json.Number("18446744073709551615") },
		"ruleId":    func(run map[string]any) { result(run, 0)["ruleId"] = "IV301" },
		"null":      func(run map[string]any) { result(run, 0)["guid"] = nil },
		"link":      func(run map[string]any) { result(run, 0)["message"] = map[string]any{"text": "See [this](9)."} },
		"fixes": func(run map[string]any) {
			r := result(run, 0)
			r["fixes"] = append(r["fixes"].([]any), r["fixes"].([]any)...)
		},
		"no insertedContent": func(run map[string]any) { delete(replacementOf(run), "insertedContent") },
		"past the line":      func(run map[string]any) { replacementOf(run)["deletedRegion"].(map[string]any)["endColumn"] = 500 },
		"indentation":        func(run map[string]any) { replacementOf(run)["deletedRegion"].(map[string]any)["startColumn"] = 1 },
		"zero":               func(run map[string]any) { replacementOf(run)["deletedRegion"].(map[string]any)["startLine"] = 0 },
		"columns":            func(run map[string]any) { run["columnKind"] = "unicodeCodePoints" },
		"suppression": func(run map[string]any) {
			delete(result(run, 6)["suppressions"].([]any)[0].(map[string]any), "status")
		},
	} {
		var doc map[string]any
		if err := json.Unmarshal(good, &doc); err != nil {
			t.Fatal(err)
		}
		edit(doc["runs"].([]any)[0].(map[string]any))
		var buf bytes.Buffer
		if err := json.NewEncoder(&buf).Encode(doc); err != nil {
			t.Fatal(err)
		}
		if len(sariftest.Traps(buf.Bytes(), reader(s))) == 0 {
			t.Errorf("%s: nothing found", name)
		}
	}
}

func result(run map[string]any, i int) map[string]any {
	return run["results"].([]any)[i].(map[string]any)
}

func replacementOf(run map[string]any) map[string]any {
	fix := result(run, 0)["fixes"].([]any)[0].(map[string]any)
	return fix["artifactChanges"].([]any)[0].(map[string]any)["replacements"].([]any)[0].(map[string]any)
}

func BenchmarkWrite(b *testing.B) {
	s := reporttest.New()
	findings := s.Report.Findings
	for range 100 {
		s.Report.Findings = append(s.Report.Findings, findings...)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(&bytes.Buffer{}, s.Report, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
