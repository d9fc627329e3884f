package checks_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
)

// roles is a root module of so many roles in one file, each with a trust policy
// of its own that leaves the session name free.
func roles(n int) fstest.MapFS {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `
data "aws_iam_policy_document" "trust_%[1]d" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::%012[1]d:root"]
    }
  }
}

resource "aws_iam_role" "role_%[1]d" {
  name               = "role-%[1]d"
  assume_role_policy = data.aws_iam_policy_document.trust_%[1]d.json
}
`, i)
	}
	return fstest.MapFS{"main.tf": {Data: []byte(b.String())}}
}

// organizationsApart are so many root modules with an organization each, whose
// policy fails to keep root from acting without MFA.
func organizationsApart(n int) fstest.MapFS {
	out := fstest.MapFS{}
	for i := range n {
		out[fmt.Sprintf("org%03d/main.tf", i)] = &fstest.MapFile{Data: []byte(`resource "aws_organizations_organization" "this" {
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = jsonencode(` + guardrail(0, "Bool") + `)
}

resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = aws_organizations_organization.this.roots[0].id
}
`)}
	}
	return out
}

// scanFixing scans, and wants one verified fix at least for each of n findings.
func scanFixing(tb testing.TB, fsys fstest.MapFS, n int) {
	tb.Helper()
	in := engine.Input{Boundary: workspace.OverFS(fsys), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
	r, err := engine.Analyze(context.Background(), in, checks.All)
	if err != nil {
		tb.Fatal(err)
	}
	fixed := 0
	for _, f := range r.Findings {
		if len(f.Fixes) > 0 {
			fixed++
		}
	}
	if fixed < n {
		tb.Fatalf("%d findings with a fix, not %d", fixed, n)
	}
}

// A fix costs what it reaches: with four times the roles, four times the bytes are
// allocated, though a file with all of them is changed by each fix. It would be sixteen
// times if each looked at all of them.
func TestVerificationGrowsWithTheFix(t *testing.T) {
	few, many := roles(100), roles(400)
	a := allocated(func() { scanFixing(t, few, 100) })
	b := allocated(func() { scanFixing(t, many, 400) })
	if float64(b) > 1.1*4*float64(a) {
		t.Errorf("%d bytes allocated for 100 roles, %d for 400", a, b)
	}
}

// allocated are the bytes that something allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func BenchmarkRoles(b *testing.B) {
	for _, n := range []int{30, 300} {
		fsys := roles(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scanFixing(b, fsys, n)
			}
		})
	}
}

func BenchmarkOrganizationsApart(b *testing.B) {
	for _, n := range []int{10, 80} {
		fsys := organizationsApart(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scanFixing(b, fsys, n)
			}
		})
	}
}
