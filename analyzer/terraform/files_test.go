package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TestFiles: what belongs to a configuration, and what replaces what.
func TestFiles(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
resource "aws_iam_user" "hidden" {
  name = "replaced by OpenTofu's file"
}
-- main.tofu --
resource "aws_iam_user" "tofu" {
  name = "t"
}
-- plain.tf --
variable "region" {
  default = "base"
}
resource "aws_iam_user" "u" {
  name = "base"
  path = "/kept/"
  tags = { a = "1" }
}
resource "aws_iam_role" "r" {
  name = "r"
  inline_policy {
    name = "one"
  }
  inline_policy {
    name = "two"
  }
  lifecycle {
    ignore_changes       = [name]
    replace_triggered_by = [aws_iam_user.u.id]
  }
}
locals {
  l = "base"
}
-- z_override.tf --
variable "region" {
  default = "over"
}
resource "aws_iam_user" "u" {
  name = "${local.l}-${var.region}"
}
resource "aws_iam_role" "r" {
  inline_policy {
    name = "only"
  }
  lifecycle {
    ignore_changes = []
  }
}
locals {
  l = "over"
}
-- override.tf.json --
{"resource": {"aws_iam_user": {"u": {"tags": {"b": "2"}}}}}
-- .hidden.tf --
resource "aws_iam_user" "dot" {}
-- main.tf~ --
resource "aws_iam_user" "backup" {}
-- tfplan --
not configuration
`, Options{})
	var got []string
	for _, r := range root.Resources() {
		got = append(got, r.Address)
	}
	if want := []string{"aws_iam_role.r", "aws_iam_user.tofu", "aws_iam_user.u"}; !slices.Equal(got, want) {
		t.Errorf("resources %v, want %v", got, want)
	}
	u := root.Resource("aws_iam_user.u")
	if got := printed(u.Block); got != `{name: "over-over", path: "/kept/", tags: {b: "2"}}` {
		t.Errorf("u is %s", got)
	}
	r := root.Resource("aws_iam_role.r")
	if got := printed(r.Attr("inline_policy")); got != `[{name: "only"}]` {
		t.Errorf("inline_policy is %s", got)
	}
	if len(r.ReplaceTriggeredBy) != 1 || r.ReplaceTriggeredBy[0].Ref == nil || r.ReplaceTriggeredBy[0].Ref.Address != "aws_iam_user.u" {
		t.Errorf("replace_triggered_by is %v", r.ReplaceTriggeredBy)
	}
	if len(root.Gaps()) > 0 {
		t.Errorf("gaps %v", gapsOf(root))
	}
	var names []string
	for _, f := range root.Files() {
		names = append(names, f.Name)
	}
	if want := []string{"main.tofu", "override.tf.json", "plain.tf", "z_override.tf"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
}

// TestBrokenFiles: what is wrong is a gap with its place, and the rest is
// evaluated.
func TestBrokenFiles(t *testing.T) {
	tests := []struct{ name, archive, gap string }{
		{"syntax", "-- a.tf --\nresource \"aws_iam_user\" \"broken\" {\n  name = \n", "error: "},
		{"json", "-- a.tf.json --\n{\"resource\": ", "error: invalid JSON"},
		{"unescaped policy variable", "-- a.tf --\nresource \"aws_iam_policy\" \"p\" {\n  policy = \"${aws:username}\"\n}\n", "error: extra characters after interpolation expression"},
		{"invalid UTF-8", "-- a.tf --\nlocals {\n  p = \"\xff\"\n}\n", "error: invalid character encoding"},
		{"declared twice", "-- a.tf --\nlocals {\n  x = 1\n}\nlocals {\n  x = 2\n}\n", "error: local.x is declared twice"},
		{"override of nothing", "-- b_override.tf --\nresource \"aws_iam_user\" \"n\" {\n}\n", "error: aws_iam_user.n is overridden but not declared"},
		{"unknown blocks", "-- a.tf --\naction \"x\" \"y\" {\n  a = 1\n}\nlist \"z\" {}\ncheck \"c\" {\n  assert {\n    condition = false\n  }\n}\nmoved {\n  from = a.b\n  to = a.c\n}\nremoved {\n  from = a.d\n}\n", ""},
		{"recursion", "-- a.tf --\nmodule \"m\" {\n  source = \"./\"\n}\n", "error: module.m: its source \"./\" calls itself"},
		{"missing module", "-- a.tf --\nmodule \"m\" {\n  source = \"./none\"\n}\n", "error: module.m: its source \"./none\" is no directory"},
		{"byte order mark", "-- a.tf --\n\ufefflocals {}\n-- b.tf.json --\n\ufeff{\"locals\": {}}\n", "error: a byte order mark begins the file, which Terraform refuses in JSON: save it without"},
		{"submodule", "-- .gitmodules --\n[submodule \"m\"]\n\tpath = vendor/m\n\turl = https://example.com/m.git\n-- a.tf --\nmodule \"m\" {\n  source = \"./vendor/m/iam\"\n}\n", "error: module.m: vendor/m is a submodule that Git has not checked out: run `git submodule update --init`"},
		{"no objects", "-- a.tf.json --\n{\"resource\": [{\"aws_iam_user\": \"x\"}], \"variable\": null, \"//\": 1}\n", "error: resource aws_iam_user is a string, an object is needed"},
		{"module outside", "-- a.tf --\nmodule \"m\" {\n  source = \"../../x\"\n}\n", "limit: module.m: its source \"../../x\": ../../x lies outside of what may be read"},
		{"bad tfvars", "-- terraform.tfvars --\nx = \n", "error: "},
		{"list for_each", "-- a.tf --\nresource \"aws_iam_user\" \"l\" {\n  for_each = [\"a\"]\n}\n", "error: for_each needs a map or a set of strings, not a tuple"},
		{"cycle", "-- a.tf --\nresource \"aws_iam_user\" \"l\" {\n  name = local.a\n}\nlocals {\n  a = local.b\n  b = local.a\n}\n", "error: local.a depends on itself"},
	}
	for _, tt := range tests {
		root := load(t, ".", "-- main.tf --\nresource \"aws_iam_user\" \"whole\" {\n  name = \"w\"\n}\n"+tt.archive, Options{})
		root.Resources()
		gaps := gapsOf(root)
		if tt.gap == "" && len(gaps) > 0 || tt.gap != "" && (len(gaps) == 0 || !strings.HasPrefix(gaps[0], tt.gap)) {
			t.Errorf("%s: gaps %q, want %q", tt.name, gaps, tt.gap)
		}
		for _, g := range root.Gaps() {
			if g.Span.IsZero() && g.File == "" {
				t.Errorf("%s: the gap %q has no place", tt.name, g.Reason)
			}
		}
		if u := root.Resource("aws_iam_user.whole"); u == nil || printed(u.Attr("name")) != `"w"` {
			t.Errorf("%s: the file beside it is lost", tt.name)
		}
	}
}

// TestOddFiles: byte order marks, Terraform 0.11's style, fetched modules,
// imports.
func TestOddFiles(t *testing.T) {
	root := load(t, "stack", "-- stack/main.tf --\n\xEF\xBB\xBFvariable legacy {\n  type = \"list\"\n  default = [\"a\"]\n}\n"+`
resource "aws_iam_user" "u" {
  name = "${element("${var.legacy}", 0)}"
}
resource aws_iam_user bare {
  for_each = { "a\"b" = 1, "$${x}" = 2 }
  name     = "b"
}
module "fetched" {
  source = "org/thing/aws"
  name   = "f"
}
import {
  to = aws_iam_user.u
  id = "x"
}
import {
  for_each = toset(["q", "$${x}"])
  to       = aws_iam_user.bare[each.key]
  id       = "x"
}
-- stack/.terraform/modules/modules.json --
{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"fetched","Source":"org/thing/aws","Dir":".terraform/modules/fetched"}]}
-- stack/.terraform/modules/fetched/main.tf --
variable "name" {}
resource "aws_iam_user" "f" {
  name = "${var.name}-${path.module}"
}
`, Options{})
	got := map[string]string{}
	for _, r := range root.Resources("aws_iam_user") {
		got[r.Address] = r.Attr("name").TextOr("?")
		if imported := value.TriOf(r.Address == "aws_iam_user.u" || r.Key == `["$${x}"]`); r.Imported != imported {
			t.Errorf("%s: imported %v", r.Address, r.Imported)
		}
	}
	want := map[string]string{
		"aws_iam_user.u":                "a",
		`aws_iam_user.bare["a\"b"]`:     "b",
		`aws_iam_user.bare["$${x}"]`:    "b",
		"module.fetched.aws_iam_user.f": "f-.terraform/modules/fetched",
	}
	for a, n := range want {
		if got[a] != n {
			t.Errorf("%s is named %q, want %q", a, got[a], n)
		}
	}
	if len(got) != len(want) || len(root.Gaps()) > 0 {
		t.Errorf("resources %v, gaps %v", got, gapsOf(root))
	}
}

// TestDataSources: those that need no network.
func TestDataSources(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
provider "aws" {
  alias  = "cn"
  region = "cn-north-1"
}
data "aws_partition" "p" {}
data "aws_partition" "cn" {
  provider = aws.cn
}
data "aws_region" "r" {}
data "aws_caller_identity" "c" {}
data "aws_iam_user" "u" {
  user_name = "alice"
}
data "aws_iam_role" "r" {
  name = "admin"
}
data "aws_iam_policy" "admin" {
  name = "AdministratorAccess"
}
data "template_file" "t" {
  template = "hello $${who}"
  vars     = { who = "you" }
}
data "local_file" "f" {
  filename = "${path.module}/x.txt"
}
module "m" {
  source    = "./m"
  providers = { aws = aws.cn }
}
resource "terraform_data" "d" {
  input = "in"
}
output "v" {
  value = {
    partition = data.aws_partition.p.partition
    cn        = data.aws_partition.cn.dns_suffix
    region    = data.aws_region.r.name
    account   = data.aws_caller_identity.c.account_id
    user      = data.aws_iam_user.u.user_name
    user_arn  = data.aws_iam_user.u.arn
    role      = data.aws_iam_role.r.id
    admin     = data.aws_iam_policy.admin.arn
    template  = data.template_file.t.rendered
    file      = data.local_file.f.content
    module    = module.m.partition
    data      = terraform_data.d.output
  }
}
-- m/main.tf --
data "aws_partition" "p" {}
output "partition" {
  value = data.aws_partition.p.id
}
-- x.txt --
content
`, Options{})
	v, _ := root.loader.(*evaluator).top.member("v", false)
	want := map[string]string{
		"partition": `"aws"`, "cn": `"amazonaws.com.cn"`, "region": `"eu-west-1"`, "account": `"111122223333"`,
		"user": `"alice"`, "user_arn": "?(data.aws_iam_user.u.arn)", "role": `"admin"`,
		"admin": `"arn:aws:iam::aws:policy/AdministratorAccess"`, "template": `"hello you"`,
		"file": `"content\n"`, "module": `"aws-cn"`, "data": `"in"`,
	}
	for _, name := range sortedKeys(want) {
		if got := printed(v.Get(name)); got != want[name] {
			t.Errorf("%s: got %s, want %s", name, got, want[name])
		}
	}
	if ref := v.Get("user_arn").Ref; ref == nil || !ref.Data || ref.Type != "aws_iam_user" {
		t.Errorf("the user's ARN refers to %v", ref)
	}
}

// TestUnknownInstances: what may exist is there, once, and says so.
func TestUnknownInstances(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
variable "on" {}
variable "names" { type = set(string) }
module "m" {
  source = "./m"
  count  = var.on ? 1 : 0
}
resource "aws_iam_user" "u" {
  for_each = var.names
  name     = each.key
}
resource "aws_iam_access_key" "k" {
  for_each = var.names
  user     = aws_iam_user.u[each.key].name
}
resource "aws_iam_role" "r" {
  name = "r"
  dynamic "inline_policy" {
    for_each = var.names
    content {
      name = inline_policy.value
    }
  }
  inline_policy {
    name = "sure"
  }
}
-- m/main.tf --
resource "aws_iam_user" "inner" {
  name = "inner"
}
`, Options{})
	for _, address := range []string{"module.m[?].aws_iam_user.inner", "aws_iam_user.u[?]", "aws_iam_access_key.k[?]"} {
		r := root.Resource(address)
		if r == nil || r.Exists != value.Maybe || len(r.Why) == 0 {
			t.Errorf("%s: %v", address, r)
		}
	}
	u := root.Resource("aws_iam_user.u[?]")
	if user := root.Resource("aws_iam_access_key.k[?]").Attr("user"); !u.Is(user, "name") {
		t.Errorf("the key's user is %s", printed(user))
	}
	if got := printed(root.Resource("aws_iam_role.r").Attr("inline_policy")); got != `[{name: "sure"}, ...]` {
		t.Errorf("inline_policy %s", got)
	}
}

// TestConstructs: what CDKTF synthesizes says which construct it was.
func TestConstructs(t *testing.T) {
	root := load(t, "stack", `
-- stack/cdk.tf.json --
{
  "//": {"metadata": {"backend": "local", "stackName": "prod", "version": "0.20.0"}},
  "resource": {"aws_iam_user": {"ci_8E1F": {
    "//": {"metadata": {"path": "prod/ci", "uniqueId": "ci_8E1F"}},
    "name": "ci"
  }}},
  "terraform": {"backend": {"local": {"path": "x"}}}
}
`, Options{})
	u := root.Resource("aws_iam_user.ci_8E1F")
	if u == nil || u.Construct != "prod/ci" || printed(u.Block) != `{name: "ci"}` {
		t.Errorf("got %+v, gaps %v", u, gapsOf(root))
	}
}

// TestTemplatesInTemplates: Terraform refuses them, and a template that renders
// itself has no end.
func TestTemplatesInTemplates(t *testing.T) {
	const files = `
-- main.tf --
resource "aws_iam_user" "u" {
  name = templatefile("t.tftpl", {})
}
resource "aws_iam_user" "v" {
  name = templatefile("outer.tftpl", { x = "1" })
}
-- t.tftpl --
x${templatefile("t.tftpl", {})}
-- outer.tftpl --
outer ${templatefile("inner.tftpl", { x = x })}
-- inner.tftpl --
inner ${x}
`
	for language, want := range map[lang.Language][2]string{
		lang.Terraform:   {"may not be called from a template", "may not be called from a template"},
		lang.OpenTofu:    {"without end", ""},
		lang.AnyLanguage: {"without end", ""},
	} {
		root := load(t, ".", files, Options{Language: language})
		for i, name := range []string{"u", "v"} {
			v := root.Resource("aws_iam_user." + name).Attr("name")
			switch {
			case want[i] == "" && v.TextOr("") != "outer inner 1\n\n":
				t.Errorf("%s: %s is %s, %v", language, name, printed(v), v.AllWhy())
			case want[i] != "" && (v.Known() || !strings.Contains(fmt.Sprint(v.AllWhy()), want[i])):
				t.Errorf("%s: %s is %.100s, %v", language, name, printed(v), v.AllWhy())
			}
		}
	}
}
