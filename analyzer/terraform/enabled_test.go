package terraform

import (
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TestEnabledUnknown: an instance of which it is not known whether it is enabled
// is itself or null, and nothing else.
func TestEnabledUnknown(t *testing.T) {
	const archive = `
-- main.tofu --
variable "on" {
  type = bool
}
resource "aws_iam_user" "u" {
  name = "alice"
  lifecycle {
    enabled = var.on
  }
}
data "aws_iam_policy_document" "d" {
  lifecycle {
    enabled = var.on
  }
}
module "m" {
  source = "./m"
  lifecycle {
    enabled = var.on
  }
}
locals {
  u = aws_iam_user.u
}
output "v" {
  value = EXPR
}
-- m/main.tf --
resource "aws_iam_user" "below" {
  name = "bob"
}
output "name" {
  value = "bob"
}
`
	for _, tt := range []struct{ expr, want string }{
		{`aws_iam_user.u.name`, `"alice"`}, // where it is null, the reference is refused
		{`local.u.name`, `"alice"`},
		{`module.m.name`, `"bob"`},
		{`try(aws_iam_user.u.name, "gone")`, `?`},
		{`try(local.u["name"], "gone")`, `?`},
		{`try("p-${aws_iam_user.u.name}", "gone")`, `?`},
		{`try(aws_iam_user.u[*].name, [])`, `?`},
		{`try(module.m.name, "gone")`, `?`},
		{`can(aws_iam_user.u.name)`, `?`},
		{`can(module.m.name)`, `?`},
		{`aws_iam_user.u == null`, `?`},
		{`module.m != null`, `?`},
		{`aws_iam_user.u[*].name`, `[...]`},
		{`concat(["a"], aws_iam_user.u[*].name)`, `["a", ...]`},
		{`length(aws_iam_user.u[*])`, `?`},
		{`one(aws_iam_user.u[*].name)`, `?`},
		{`coalesce(one(aws_iam_user.u[*].name), "d")`, `?`},
		{`aws_iam_user.u != null ? aws_iam_user.u.name : "d"`, `?`},
		{`coalesce(aws_iam_user.u, { name = "d" })`, `?`},
		{`jsonencode(local.u)`, `"{?}"`},
		{`data.aws_iam_policy_document.d == null ? 1 : 2`, `?`},
	} {
		root := load(t, ".", strings.ReplaceAll(archive, "EXPR", tt.expr), Options{})
		v, problem := root.loader.(*evaluator).top.member("v", false)
		if problem != "" {
			t.Fatal(problem)
		}
		if got := printed(v); got != tt.want && !(tt.want == "?" && v.Is(value.Unknown)) {
			t.Errorf("%s is %s, want %s", tt.expr, got, tt.want)
		}
		if !v.Known() && !slices.ContainsFunc(v.AllWhy(), func(r value.Reason) bool { return strings.Contains(r.Text, "var.on has no value") }) {
			t.Errorf("%s: it does not say why: %v", tt.expr, v.AllWhy())
		}
		for _, r := range append(root.Resources(), root.DataSources()...) {
			if r.Exists != value.Maybe || r.Key != "" || len(r.Why) == 0 {
				t.Errorf("%s: exists %v, key %q, because of %v", r.Address, r.Exists, r.Key, r.Why)
			}
		}
	}
}

// TestEnabled: what OpenTofu and Terraform refuse, and what an argument of that
// name is elsewhere.
func TestEnabled(t *testing.T) {
	for _, tt := range []struct {
		name, archive string
		opt           Options
		want          string // the instances; "?" where one may not be there
		gap           string
	}{
		{name: "off", archive: "-- a.tf --\nresource \"aws_iam_user\" \"u\" {\n  lifecycle {\n    enabled = false\n  }\n}\n"},
		{name: "in JSON", archive: `-- a.tf.json --
{"variable": {"no": {"default": false}}, "resource": {"aws_iam_user": {"u": {"lifecycle": {"enabled": "${var.no}"}}, "v": {"lifecycle": [{"enabled": true}]}}}}`,
			want: "aws_iam_user.v"},
		{name: "an attribute of the resource", archive: "-- a.tf --\nresource \"aws_cloudfront_distribution\" \"d\" {\n  enabled = false\n}\n", want: "aws_cloudfront_distribution.d"},
		{name: "null", archive: "-- a.tofu --\nresource \"aws_iam_user\" \"u\" {\n  lifecycle {\n    enabled = null\n  }\n}\n",
			want: "aws_iam_user.u?", gap: "error: enabled is neither true nor false"},
		{name: "no boolean", archive: "-- a.tofu --\nresource \"aws_iam_user\" \"u\" {\n  lifecycle {\n    enabled = \"maybe\"\n  }\n}\n",
			want: "aws_iam_user.u?", gap: "error: enabled is neither true nor false"},
		{name: "beside count", archive: "-- a.tofu --\nresource \"aws_iam_user\" \"u\" {\n  count = 1\n  lifecycle {\n    enabled = false\n  }\n}\n",
			want: "aws_iam_user.u[0]", gap: "error: enabled stands beside count or for_each"},
		{name: "Terraform", archive: "-- a.tf --\nresource \"aws_iam_user\" \"u\" {\n  lifecycle {\n    enabled = false\n  }\n}\n", opt: Options{Language: lang.Terraform},
			want: "aws_iam_user.u?", gap: "error: Terraform has no lifecycle argument enabled"},
		{name: "before OpenTofu 1.11", archive: "-- a.tf --\nmodule \"m\" {\n  source = \"./m\"\n  lifecycle {\n    enabled = true\n  }\n}\n-- m/a.tf --\nresource \"aws_iam_user\" \"u\" {\n}\n",
			opt: Options{Language: lang.OpenTofu, ToolVersion: "1.10.6"}, want: "module.m.aws_iam_user.u?", gap: "error: OpenTofu 1.10.6 has no lifecycle argument enabled"},
		{name: "of what is off", archive: "-- a.tofu --\nresource \"aws_iam_user\" \"u\" {\n  lifecycle {\n    enabled = false\n  }\n}\nresource \"aws_iam_user\" \"of\" {\n  name = aws_iam_user.u.name\n}\n",
			want: "aws_iam_user.of"},
		{name: "a module that is off has to be fetched as well", archive: "-- a.tofu --\nmodule \"m\" {\n  source = \"org/m/aws\"\n  lifecycle {\n    enabled = false\n  }\n}\n",
			gap: "limit: module.m: its source"},
	} {
		root := load(t, ".", tt.archive, tt.opt)
		var got []string
		for _, r := range root.Resources() {
			a := r.Address
			if r.Exists != value.Yes {
				a += "?"
			}
			got = append(got, a)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
		if gaps := gapsOf(root); tt.gap == "" && len(gaps) > 0 || tt.gap != "" && (len(gaps) != 1 || !strings.HasPrefix(gaps[0], tt.gap)) {
			t.Errorf("%s: gaps %q, want %q", tt.name, gaps, tt.gap)
		}
	}
	root := load(t, ".", "-- a.tofu --\nresource \"aws_iam_user\" \"u\" {\n  lifecycle {\n    enabled = false\n  }\n}\nresource \"aws_iam_user\" \"of\" {\n  name = aws_iam_user.u.name\n}\n", Options{})
	if why := root.Resource("aws_iam_user.of").Attr("name").AllWhy(); len(why) != 1 || why[0].Text != "aws_iam_user.u is not enabled, and null" {
		t.Errorf("an attribute of what is off: %v", why)
	}
}
