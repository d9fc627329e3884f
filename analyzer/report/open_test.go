package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// many is a report of which most is alike: eight gaps of two classes around one
// of its own, and questions that share what they need.
func many() *analyzer.Report {
	s := reporttest.New()
	r := s.Report
	r.Findings = nil
	at := s.At("stacks/prod/main.tf", "source")
	r.Gaps = nil
	for i := range 5 {
		r.Gaps = append(r.Gaps, source.Gap{Span: at, Class: terraform.ModulesNotFetched,
			Reason: fmt.Sprintf("module.m%d: its source \"example/m/aws\" is not local, and has not been fetched by terraform init", i)})
	}
	r.Gaps = append(r.Gaps, source.Gap{Kind: source.ErrorGap, Span: at, Reason: "argument or block definition required"})
	for i := range 4 {
		r.Gaps = append(r.Gaps, source.Gap{Span: at, Class: workspace.FilesMissing, Reason: fmt.Sprintf("policies/%d.json does not exist", i)})
	}
	question := *r.Undetermined[0]
	var needs []value.Reason
	for i := range 8 {
		needs = append(needs, value.Reason{Text: fmt.Sprintf("var.v%d has no value", i), Span: at})
	}
	ask := func(address string, needs ...value.Reason) {
		f, on := question, *question.Resource
		on.Address = address
		f.Resource, f.Needs = &on, needs
		r.Undetermined = append(r.Undetermined, &f)
	}
	r.Undetermined = nil
	for i := range 5 {
		ask(fmt.Sprintf("aws_iam_role.of_workspace_%d", i), value.Reason{Text: "terraform.workspace is not known (--workspace)", Span: s.At("modules/ci/main.tf", "Principal")})
	}
	ask("aws_iam_role.of_many[?]", needs...)
	ask("aws_iam_role.of_workspace_elsewhere", value.Reason{Text: "terraform.workspace is not known (--workspace)", Span: at})
	r.Summary.Gaps, r.Summary.Undetermined = len(r.Gaps), len(r.Undetermined)
	return r
}

// A few of a sort stand for all of it, unless all are asked for; what is broken
// comes first; the report says how to give variables values and what [?] is.
func TestTextOfMany(t *testing.T) {
	for name, verbose := range map[string]bool{"many.txt": false, "verbose.txt": true} {
		var b bytes.Buffer
		if err := Text(&b, many(), TextOptions{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

// A page of a pull request folds what is many; annotations, of which GitHub
// shows ten of a kind, count it.
func TestPagesOfMany(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *analyzer.Report) error{"many.md": Markdown, "many.github": GitHub} {
		var b bytes.Buffer
		if err := write(&b, many()); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

// Formats for programs have all of what text gathers.
func TestProgramsGetEverything(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, many()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"module.m4:", "policies/3.json", "of_workspace_4", "of_workspace_elsewhere", "var.v7 has no value"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("JSON lacks %s", want)
		}
	}
}
