package checks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
)

const (
	benchUnits    = 200
	benchPolicies = 300
)

// organizationWith is a configuration of 200 units, three levels deep, with 300
// service control policies of several statements: five on the root, one or two
// on each unit. One of those on the root keeps root from acting without MFA.
func organizationWith(accounts int, operator string) fstest.MapFS {
	var b strings.Builder
	b.WriteString(`resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
`)
	root := "aws_organizations_organization.this.roots[0].id"
	for i := range benchUnits {
		parent := root
		if i >= 20 {
			parent = fmt.Sprintf("aws_organizations_organizational_unit.u%d.id", i/10-2+i%2)
		}
		fmt.Fprintf(&b, "resource \"aws_organizations_organizational_unit\" \"u%d\" {\n  name = \"unit %d\"\n  parent_id = %s\n}\n", i, i, parent)
	}
	for i := range accounts {
		fmt.Fprintf(&b, "resource \"aws_organizations_account\" \"a%d\" {\n  name = \"account %d\"\n  email = \"aws+%d@example.com\"\n  parent_id = aws_organizations_organizational_unit.u%d.id\n}\n", i, i, i, i%benchUnits)
	}
	for i := range benchPolicies {
		fmt.Fprintf(&b, "resource \"aws_organizations_policy\" \"p%d\" {\n  name = \"policy %d\"\n  content = jsonencode(%s)\n}\n", i, i, guardrail(i, operator))
		target := root
		if i >= 5 {
			target = fmt.Sprintf("aws_organizations_organizational_unit.u%d.id", i%benchUnits)
		}
		fmt.Fprintf(&b, "resource \"aws_organizations_policy_attachment\" \"p%d\" {\n  policy_id = aws_organizations_policy.p%d.id\n  target_id = %s\n}\n", i, i, target)
	}
	return fstest.MapFS{"main.tf": {Data: []byte(b.String())}}
}

func guardrail(i int, operator string) string {
	if i == 0 {
		return `{ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*", Condition = {
      StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
      ` + operator + ` = { "aws:MultiFactorAuthPresent" = "false" }
    } }] }`
	}
	return fmt.Sprintf(`{ Version = "2012-10-17", Statement = [
    { Effect = "Deny", NotAction = ["iam:*", "sts:*", "organizations:*", "support:*"], Resource = "*", Condition = {
      StringNotEquals = { "aws:RequestedRegion" = ["eu-west-1", "eu-central-%d"] }
      ArnNotLike      = { "aws:PrincipalArn" = "arn:aws:iam::*:role/guard-%d" }
    } },
    { Effect = "Deny", Action = ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "config:Delete*"], Resource = "*" },
    { Effect = "Deny", Action = "s3:*", Resource = "arn:aws:s3:::protected-%d/*", Condition = {
      StringNotEquals = { "aws:PrincipalTag/team" = "platform-%d" }
    } },
  ] }`, i%3, i, i, i%7)
}

func load(tb testing.TB, fsys fstest.MapFS) []*terraform.Root {
	tb.Helper()
	root, err := terraform.LoadConfig(context.Background(), workspace.OverFS(fsys), ".", terraform.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return []*terraform.Root{root}
}

func decideAll(b *testing.B, roots []*terraform.Root, want proof.Verdict) {
	o := identity.Build(roots).Organizations[0]
	d := organization.Decide(o, organization.Terms{})
	o.Root.Walk(func(n *identity.Node) {
		if got := d.RootMFA(n); got.Verdict != want {
			b.Fatalf("%s: %+v", n.Name, got)
		}
	})
}

// An organization of 2,000 accounts, 200 units and 300 policies is decided in
// less than a second on one core, and the cost grows linearly with accounts.
func BenchmarkOrganization(b *testing.B) {
	for _, decided := range []struct {
		name, operator string
		want           proof.Verdict
	}{{"holds", "BoolIfExists", proof.Holds}, {"violated", "Bool", proof.Violated}} {
		for _, accounts := range []int{200, 2000, 20000} {
			roots := load(b, organizationWith(accounts, decided.operator))
			identity.Build(roots) // evaluates the configuration, once
			b.Run(fmt.Sprintf("%s/%d", decided.name, accounts), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					decideAll(b, roots, decided.want)
				}
			})
		}
	}
	for _, accounts := range []int{200, 2000, 20000} {
		fsys := organizationWith(accounts, "BoolIfExists")
		b.Run(fmt.Sprintf("scan/%d", accounts), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				in := engine.Input{Boundary: workspace.OverFS(fsys), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
				if _, err := engine.Analyze(context.Background(), in, []*analyzer.Check{checks.RootMFA}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
