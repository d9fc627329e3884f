package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// The members of every object, as the contract has them. A member may be added
// here; none may go or change its name.
var contract = map[string]string{
	"":                                  "findings gaps iamvet schemaVersion summary suppressed undetermined",
	"findings":                          "assumptions fingerprint fixes id location message related resource rule severity verdict witness",
	"findings.resource":                 "address file instances line root",
	"findings.resource.instances":       "address calls root",
	"findings.resource.instances.calls": "file line",
	"findings.location":                 "column endColumn endLine file line",
	"findings.witness":                  "absent action context principal resource",
	"findings.related":                  "location message",
	"findings.related.location":         "file line",
	"findings.fixes":                    "diff grade message",
	"undetermined":                      "assumptions fingerprint fixes id location message needs related resource rule severity verdict",
	"suppressed":                        "assumptions fingerprint fixes id location message related resource rule severity suppression verdict",
	"suppressed.suppression":            "by reason until",
	"gaps":                              "file kind line reason",
	"summary":                           "advice bySeverity files gaps resources roots suppressed undetermined violations",
}

func encoded(t *testing.T, r *analyzer.Report) (doc map[string]any, text string) {
	t.Helper()
	var buf bytes.Buffer
	if err := JSON(&buf, r); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(buf.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc, buf.String()
}

func TestJSONContract(t *testing.T) {
	doc, text := encoded(t, reporttest.New().Report)
	if err := reporttest.Valid("report.json", []byte(text)); err != nil {
		t.Error(err)
	}
	got := map[string]map[string]bool{}
	members("", doc, got)
	for path, want := range contract {
		var have []string
		for m := range got[path] {
			have = append(have, m)
		}
		sort.Strings(have)
		if s := strings.Join(have, " "); s != want {
			t.Errorf("%q has %s, want %s", path, s, want)
		}
	}
	if !strings.HasSuffix(text, "}\n") || strings.Contains(text, `\u003c`) || strings.Contains(text, "null") {
		t.Error("no final newline, escaped HTML or a null")
	}
}

// The schemas that tests hold output against take no member that they do not tell, and
// miss none.
func TestSchemaIsStrict(t *testing.T) {
	_, text := encoded(t, reporttest.New().Report)
	for name, change := range map[string]func(finding map[string]any){
		"another member":         func(f map[string]any) { f["extra"] = 1 },
		"another member below":   func(f map[string]any) { f["resource"].(map[string]any)["extra"] = 1 },
		"a member less":          func(f map[string]any) { delete(f, "fingerprint") },
		"a null list":            func(f map[string]any) { f["related"] = nil },
		"a severity of no kind":  func(f map[string]any) { f["severity"] = "bad" },
		"an empty includes":      func(f map[string]any) { f["includes"] = []any{} },
		"what it includes, bare": func(f map[string]any) { f["includes"] = []any{map[string]any{}} },
	} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		change(doc["findings"].([]any)[0].(map[string]any))
		changed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if reporttest.Valid("report.json", changed) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

func members(path string, v any, got map[string]map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			members(path, e, got)
		}
	case map[string]any:
		if got[path] == nil {
			got[path] = map[string]bool{}
		}
		for k, e := range v {
			got[path][k] = true
			members(strings.TrimPrefix(path+"."+k, "."), e, got)
		}
	}
}

func TestJSONListsAreNeverNull(t *testing.T) {
	_, text := encoded(t, &analyzer.Report{})
	want := `{"iamvet":"","schemaVersion":1,"findings":[],"undetermined":[],"suppressed":[],"gaps":[],` +
		`"summary":{"files":0,"roots":0,"resources":0,"violations":0,"advice":0,"undetermined":0,"suppressed":0,"gaps":0,"bySeverity":{}}}`
	var buf bytes.Buffer
	if err := json.Compact(&buf, []byte(text)); err != nil || buf.String() != want {
		t.Errorf("got %s (%v)", buf.String(), err)
	}
	_, text = encoded(t, &analyzer.Report{Undetermined: []*analyzer.Finding{{Check: reporttest.UserKey, Witness: &analyzer.Witness{}}}})
	if strings.Contains(text, "null") {
		t.Errorf("a null in %s", text)
	}
}

func TestJSONPaths(t *testing.T) {
	doc, _ := encoded(t, reporttest.New().Report)
	finding := func(i int) map[string]any { return doc["findings"].([]any)[i].(map[string]any) }
	at := finding(1)["location"].(map[string]any)
	if at["file"] != "../modules/ci/größe 1#.tf" || at["line"] != 5.0 || at["column"] != 27.0 || at["endColumn"] != 36.0 {
		t.Errorf("location is %v", at)
	}
	resource := finding(1)["resource"].(map[string]any)
	if resource["root"] != "prod" || resource["line"] != 3.0 {
		t.Errorf("resource is %v", resource)
	}
	if plan := finding(6); plan["location"] != nil || plan["resource"].(map[string]any)["file"] != nil {
		t.Errorf("a finding of a plan alone has a location: %v", plan)
	}
	needs := doc["undetermined"].([]any)[0].(map[string]any)["needs"]
	if want := []any{"var.principal has no value (prod/main.tf:2)", "data.aws_caller_identity.x is known after apply"}; !reflect.DeepEqual(needs, want) {
		t.Errorf("needs %v", needs)
	}
}

func TestRelative(t *testing.T) {
	for _, test := range []struct{ base, target, want string }{
		{".", "a/b", "a/b"}, {"a", "a/b", "b"}, {"a/b", "a", ".."}, {"a", "b/c", "../b/c"}, {"a", "a", "."}, {".", ".", "."}, {"a", "ab", "../ab"},
	} {
		if got := relative(test.base, test.target); got != test.want {
			t.Errorf("%s from %s: got %s, want %s", test.target, test.base, got, test.want)
		}
	}
	outside := workNames(&analyzer.Report{Boundary: "/src"})
	if got := outside.of("a/b.tf"); got != "/src/a/b.tf" {
		t.Errorf("got %s", got)
	}
}

const hostile = "x\x1b]0;owned\a\r\n::error::forged\u202e | <img src=x> `` ](http://x) @team %0A"

// hostileReport says hostile things wherever a scanned file could make it.
func hostileReport() *analyzer.Report {
	f := source.NewFile("a:b,\x1b.tf", []byte(strings.ReplaceAll(hostile, "\n", "")+"\n"))
	at := source.Span{File: f, Start: 0, End: 5}
	return &analyzer.Report{
		WorkDir: ".",
		Findings: []*analyzer.Finding{{
			Check: reporttest.UserKey, Severity: analyzer.High, Span: at, Message: hostile,
			Resource: &terraform.Resource{Address: hostile, Type: "t", Name: "n", Header: at},
			Witness:  &analyzer.Witness{Words: hostile},
			Related:  []analyzer.Related{{Message: hostile, Span: at}},
			Fixes:    []*analyzer.Fix{{Message: hostile, Diff: "--- a\n+++ b\n+```" + hostile}},
		}},
		Gaps: []source.Gap{{File: hostile, Reason: hostile}},
	}
}

func TestNothingHostileGetsThrough(t *testing.T) {
	var text, md, gh bytes.Buffer
	r := hostileReport()
	if err := Text(&text, r, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&md, r); err != nil {
		t.Fatal(err)
	}
	if err := GitHub(&gh, r); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"text": text.String(), "github": gh.String(), "markdown table": strings.Split(md.String(), "###")[0]} {
		if strings.ContainsAny(out, "\x1b\a\r\u202e") {
			t.Errorf("%s has control characters: %q", name, out)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(gh.String()), "\n") {
		if strings.HasPrefix(line, "::error::") {
			t.Errorf("a forged command: %s", line)
		}
	}
	if !strings.Contains(gh.String(), "file=a%3Ab%2C\ufffd.tf,") {
		t.Errorf("properties are not escaped: %s", gh.String())
	}
	row := regexp.MustCompile("`[^`]*`").ReplaceAllString(strings.Split(md.String(), "\n")[6], "") // without code
	if strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") != 5 || strings.Contains(row, "<img") {
		t.Errorf("not one row of a table: %s", row)
	}
	if !strings.Contains(md.String(), "````diff") {
		t.Error("the fence ends inside the diff")
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	s := reporttest.New()
	for _, n := range []int{20, 2000, 20000} {
		r := &analyzer.Report{Summary: s.Report.Summary}
		for i := range n {
			f := *s.Report.Findings[0]
			f.Message = fmt.Sprintf("finding %d", i)
			r.Findings = append(r.Findings, &f)
			r.Undetermined = append(r.Undetermined, s.Report.Undetermined[0])
			r.Gaps = append(r.Gaps, s.Report.Gaps...)
		}
		var buf bytes.Buffer
		if err := Markdown(&buf, r); err != nil {
			t.Fatal(err)
		}
		if buf.Len() > 1<<20 {
			t.Errorf("%d findings: %d bytes", n, buf.Len())
		}
		if left := strings.Contains(buf.String(), "left out"); left != (n > 20) {
			t.Errorf("%d findings: left out %v", n, left)
		}
	}
}

func TestDiffLeavesConflictsOut(t *testing.T) {
	s := reporttest.New()
	const file = "stacks/prod/main.tf"
	again := *s.Report.Findings[3]
	// The same text, read a second time by another root.
	twin := source.NewFile(file, s.Files[file].Bytes)
	at := s.At(file, `"Active"`)
	at.File = twin
	clash := reporttest.Fix("remove the status", analyzer.Narrowing, source.Edit{Span: at, New: "null"})
	again.Fixes = []*analyzer.Fix{clash}
	same := *s.Report.Findings[3]
	same.Fixes = []*analyzer.Fix{reporttest.Fix("set it again", analyzer.Narrowing, source.Edit{Span: at, New: `"Inactive"`})}
	s.Report.Findings = append(s.Report.Findings, &again, &same)
	var buf bytes.Buffer
	skipped, err := Diff(&buf, s.Report)
	if err != nil {
		t.Fatal(err)
	}
	if len(skipped) != 1 || skipped[0].Fix != clash {
		t.Errorf("skipped %v", skipped)
	}
	if n := strings.Count(buf.String(), "--- a/"+file); n != 1 || strings.Contains(buf.String(), "null") || strings.Contains(buf.String(), "TODO") {
		t.Errorf("%d patches of one file:\n%s", n, buf.String())
	}
}

func TestExcerpt(t *testing.T) {
	draw := func(text, marked string, width int) string {
		f := source.NewFile("x.tf", []byte(text))
		i := strings.Index(text, marked)
		p := &printer{width: width}
		p.excerpt(source.Span{File: f, Start: i, End: i + len(marked)}, source.Span{}, red)
		return p.out.String()
	}
	for _, test := range []struct{ name, text, marked, want string }{
		{"tabs", "\ta\t= 1\n", "1", "  1 |     a   = 1\n    |           ^\n"},
		{"wide and combining", "日本 e\u0301 x\n", "x", "  1 | 日本 e\u0301 x\n    |        ^\n"},
		{"nothing marked", "abc\n", "", "  1 | abc\n    | ^^^\n"},
		{"end of the line", "a\r\nb\r\n", "a\r\n", "  1 | a\n    | ^\n"},
		{"long", strings.Repeat("x", 300) + "HERE" + strings.Repeat("y", 300), "HERE",
			"  1 | …xxxxxxxxHERE" + strings.Repeat("y", 20) + "…\n    |          ^^^^\n"},
	} {
		if got := draw(test.text, test.marked, 40); got != test.want {
			t.Errorf("%s: got\n%swant\n%s", test.name, got, test.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a {\n  b = 1\n}\n", 4, 9)
	f.Add("\ufeffé😀\r\n\x1b[2J", 3, 12)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		if start < 0 || start > end || end > len(text) {
			t.Skip()
		}
		at := source.Span{File: source.NewFile("x.tf", []byte(text)), Start: start, End: end}
		r := &analyzer.Report{WorkDir: ".", Findings: []*analyzer.Finding{{Check: reporttest.UserKey, Span: at, Message: text}}}
		var buf bytes.Buffer
		if err := Text(&buf, r, TextOptions{Width: 40}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(buf.String(), "\x1b\a\r") {
			t.Errorf("control characters in %q", buf.String())
		}
	})
}

func BenchmarkText(b *testing.B) {
	r := reporttest.New().Report
	b.ReportAllocs()
	for b.Loop() {
		if err := Text(&bytes.Buffer{}, r, TextOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
