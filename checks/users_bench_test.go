package checks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
)

// people is a root module of so many users with a password each, all in one
// group that does not require MFA.
func people(n int) fstest.MapFS {
	var b strings.Builder
	b.WriteString("locals {\n  names = toset([\n")
	for i := range n {
		fmt.Fprintf(&b, "    \"user-%05d\",\n", i)
	}
	b.WriteString(`  ])
}

resource "aws_iam_user" "this" {
  for_each = local.names

  name = each.key
}

resource "aws_iam_user_login_profile" "this" {
  for_each = local.names

  user = aws_iam_user.this[each.key].name
}

resource "aws_iam_user_group_membership" "this" {
  for_each = local.names

  user   = aws_iam_user.this[each.key].name
  groups = [aws_iam_group.people.name]
}

resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_policy_attachment" "people" {
  group      = aws_iam_group.people.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}
`)
	return fstest.MapFS{"main.tf": {Data: []byte(b.String())}}
}

// Users are decided one by one, with one verification of the fix that they
// share: the cost grows linearly.
func BenchmarkUsers(b *testing.B) {
	for _, n := range []int{100, 1000} {
		fsys := people(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				in := engine.Input{Boundary: workspace.OverFS(fsys), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
				r, err := engine.Analyze(context.Background(), in, []*analyzer.Check{checks.UserConsoleMFA})
				if err != nil || len(r.Findings) != 1 || len(r.Findings[0].Instances) != n || len(r.Findings[0].Fixes) != 1 {
					b.Fatal(err, len(r.Findings))
				}
			}
		})
	}
}
