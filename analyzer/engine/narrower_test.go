package engine_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// replacing is a check that wants a text gone, and another in its place.
func replacing(old, by string, grade analyzer.Grade) *analyzer.Check {
	return &analyzer.Check{ID: "IV999", Name: "text", Severities: []analyzer.Severity{analyzer.High}, Run: func(p *analyzer.Pass) error {
		for _, r := range p.Model.Roles {
			at := strings.Index(r.Resource.Body.Text(), old)
			if at < 0 {
				continue
			}
			span := source.Span{File: r.Resource.Body.File, Start: r.Resource.Body.Start + at, End: r.Resource.Body.Start + at + len(old)}
			p.Report(&analyzer.Finding{
				Verdict: analyzer.Violation, Severity: analyzer.High, Resource: r.Resource, Span: span, Message: "It is there.", Defect: "there",
				Fixes: []*analyzer.Fix{{Message: "write the other", Grade: grade, Edits: []source.Edit{{Span: span, New: by}}}},
			})
		}
		return nil
	}}
}

// A fix that would allow more is not offered, whatever its check says of it; a
// draft is for people to judge.
func TestFixesThatAllowMoreAreDropped(t *testing.T) {
	const trust = `resource "aws_iam_role" "this" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "sts:AssumeRole"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}
`
	for _, c := range []struct {
		name, old, by string
		grade         analyzer.Grade
		offered       bool
	}{
		{"narrower", "111122223333:root", "111122223333:user/alice", analyzer.Narrowing, true},
		{"another principal", "111122223333:root", "444455556666:root", analyzer.Narrowing, false},
		{"a condition less", `Bool = {`, `BoolIfExists = {`, analyzer.Narrowing, false},
		{"a draft", "111122223333:root", "444455556666:root", analyzer.Draft, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			boundary := workspace.OverFS(fstest.MapFS{"main.tf": {Data: []byte(trust)}})
			var log bytes.Buffer
			in := engine.Input{Boundary: boundary, Paths: []string{"."}, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
			r, err := engine.Analyze(context.Background(), in, []*analyzer.Check{replacing(c.old, c.by, c.grade)})
			if err != nil || len(r.Findings) != 1 {
				t.Fatal(r, err)
			}
			if offered := len(r.Findings[0].Fixes) > 0; offered != c.offered {
				t.Errorf("offered: %v\n%s", offered, &log)
			}
			if !c.offered && !strings.Contains(log.String(), "allows more than before") {
				t.Errorf("the log does not say why: %s", &log)
			}
		})
	}
}

// A fix that edits what its finding does not depend on leaves it where it is,
// though only what the edit reaches is looked at again.
func TestFixesThatDoNotReachTheirFindingAreDropped(t *testing.T) {
	const roles = `resource "aws_iam_role" "one" {
  description = "there"
}

resource "aws_iam_role" "other" {
  description = "here"
}
`
	beside := &analyzer.Check{ID: "IV999", Name: "text", Severities: []analyzer.Severity{analyzer.High}, Run: func(p *analyzer.Pass) error {
		for _, r := range p.Model.Roles {
			if r.Resource.Name != "one" {
				continue
			}
			file := r.Resource.Body.File
			at := strings.Index(string(file.Bytes), `"here"`)
			if at < 0 {
				continue
			}
			p.Report(&analyzer.Finding{
				Verdict: analyzer.Violation, Severity: analyzer.High, Resource: r.Resource, Span: r.Resource.Header, Message: "It is there.", Defect: "there",
				Fixes: []*analyzer.Fix{{Message: "write the other", Grade: analyzer.Narrowing, Edits: []source.Edit{{Span: source.Span{File: file, Start: at, End: at + len(`"here"`)}, New: `"nowhere"`}}}},
			})
		}
		return nil
	}}
	boundary := workspace.OverFS(fstest.MapFS{"main.tf": {Data: []byte(roles)}})
	var log bytes.Buffer
	in := engine.Input{Boundary: boundary, Paths: []string{"."}, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	r, err := engine.Analyze(context.Background(), in, []*analyzer.Check{beside})
	if err != nil || len(r.Findings) != 1 {
		t.Fatal(r, err)
	}
	if len(r.Findings[0].Fixes) > 0 || !strings.Contains(log.String(), "the fix does not reach aws_iam_role.one") {
		t.Errorf("fixes %v\n%s", r.Findings[0].Fixes, &log)
	}
}
