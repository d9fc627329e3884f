package terraform

import (
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

const partial = `
-- main.tf --
variable "u" {}
variable "ulist" { type = list(string) }
variable "uobj" { type = object({ name = string }) }
variable "n" { default = 2 }
variable "half" {
  default = "x"
}
locals {
  list = ["a", var.u, "c"]
  obj  = { known = 1, open = var.u }
  set  = toset(["k", "l"])
}
resource "aws_iam_user" "one" {
  name = "alice"
  path = "/p/"
  tags = { team = "red" }
}
resource "aws_iam_user" "many" {
  for_each = { a = "x", b = var.u }
  name     = each.value
}
resource "aws_iam_user" "maybe" {
  count = var.u
  name  = "m${count.index}"
}
resource "aws_iam_user" "none" {
  count = 0
  name  = "n"
}
resource "aws_iam_user" "counted" {
  count = var.n
  name  = "c${count.index}"
}
resource "aws_iam_user" "keyed" {
  for_each = toset(var.ulist)
  name     = each.key
}
resource "aws_organizations_organization" "o" {}
data "aws_caller_identity" "me" {}
data "aws_iam_roles" "all" {}
module "far" {
  source = "terraform-aws-modules/iam/aws"
}
output "v" {
  value = EXPR
}
`

// TestPartlyKnown: what is unknown stays unknown where it is, and nowhere else.
func TestPartial(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`var.u`, `?`},
		{`"arn:aws:iam::${var.u}:root"`, `"arn:aws:iam::{?}:root"`},
		{`"${data.aws_caller_identity.me.account_id}"`, `?(data.aws_caller_identity.me.account_id)`},
		{`"a${data.aws_caller_identity.me.account_id}b"`, `"a{?(data.aws_caller_identity.me.account_id)}b"`},
		{`local.list`, `["a", ?, "c"]`},
		{`local.list[0]`, `"a"`},
		{`local.list[1]`, `?`},
		{`[for x in local.list : "p-${x}"]`, `["p-a", "p-{?}", "p-c"]`},
		{`[for x in local.list : x if x != "a"]`, `["c", ...]`},
		{`[for x in var.ulist : x]`, `[...]`},
		{`concat(["a"], var.ulist)`, `["a", ...]`},
		{`merge(local.obj, { extra = true })`, `{extra: true, known: 1, open: ?}`},
		{`{ (var.u) = 1, a = 2 }`, `{a: 2, ?: 1}`},
		{`var.u ? "a" : "b"`, `?`},
		{`var.u ? "a" : "a"`, `"a"`},
		{`true ? "a" : var.u`, `"a"`},
		{`var.u == "x" && false`, `false`},
		{`var.u == "x" || true`, `true`},
		{`!var.u`, `?`},
		{`"a${var.u}" == "b"`, `false`},
		{`"a${var.u}" == "ab"`, `?`},
		{`local.list == ["a"]`, `false`},
		{`var.u == null`, `?`},
		{`aws_iam_user.one.name`, `"alice"`},
		{`aws_iam_user.one.id`, `"alice"`},
		{`aws_iam_user.one.arn`, `"arn:{?(data.aws_partition.partition)}:iam::{?}:user/p/alice"`},
		{`aws_iam_user.one.tags.team`, `"red"`},
		{`aws_iam_user.one.tags["team"]`, `"red"`},
		{`aws_iam_user.one["name"]`, `"alice"`},
		{`aws_iam_user.one[*].name`, `["alice"]`},
		{`aws_iam_user.many["a"].name`, `"x"`},
		{`aws_iam_user.many["b"].arn`, `"arn:{?(data.aws_partition.partition)}:iam::{?}:user/{?}"`},
		{`[for k, u in aws_iam_user.many : "${k}:${u.name}"]`, `["a:x", "b:{?(aws_iam_user.many[\"b\"].name)}"]`},
		{`values(aws_iam_user.many)[*].name`, `["x", ?(aws_iam_user.many["b"].name)]`},
		{`keys(aws_iam_user.many)`, `["a", "b"]`},
		{`aws_iam_user.maybe[0].arn`, `"arn:{?(data.aws_partition.partition)}:iam::{?}:user/m{?}"`},
		{`aws_iam_user.maybe[*].arn`, `[...]`},
		{`try(aws_iam_user.none[0].arn, "none")`, `"none"`},
		{`try(aws_iam_user.counted[1].name, "none")`, `"c1"`},
		{`try(aws_iam_user.counted[2].name, "none")`, `"none"`},
		{`one(aws_iam_user.none[*].name)`, `null`},
		{`join("", aws_iam_user.counted.*.name)`, `"c0c1"`},
		{`aws_iam_user.keyed["z"].name`, `?(aws_iam_user.keyed[?].name)`},
		{`length(aws_iam_user.counted)`, `2`},
		{`aws_organizations_organization.o.roots[0].id`, `?(aws_organizations_organization.o.roots[0].id)`},
		{`module.far.iam_user_arn`, `?`},
		{`try(module.far.x, "y")`, `?`},
		{`can(var.u.x)`, `?`},
		{`can(aws_iam_user.none[0])`, `false`},
		{`try(local.obj.missing, "d")`, `"d"`},
		{`templatestring(local.obj.open, {})`, `?`},
		{`aws_iam_user.missing.arn`, `?`},
		{`var.missing`, `?`},
		{`path.cwd`, `?`},
		{`terraform.workspace`, `?`},
		{`var.uobj.name`, `?`},
		{`{ for k, v in local.obj : k => v }`, `{known: 1, open: ?}`},
		{`{ for x in local.list : x => 1 }`, `{a: 1, c: 1, ?: 1}`},
		{`[for k in local.set : k]`, `["k", "l"]`},
		{`jsonencode({ a = "x", b = 1 })`, `"{\"a\":\"x\",\"b\":1}"`},
		{`"%{ if var.u }a%{ else }b%{ endif }"`, `"{?}"`},
		{`"%{ for x in local.list }${x},%{ endfor }"`, `"a,{?},c,"`},
		{`aws_iam_user.one == null`, `false`},
		{`[aws_iam_user.one.arn, "b"]`, `["arn:{?(data.aws_partition.partition)}:iam::{?}:user/p/alice", "b"]`},
		{`try(aws_iam_user.one.arn, "")`, `"arn:{?(data.aws_partition.partition)}:iam::{?}:user/p/alice"`},
		{`aws_iam_user.one.arn != ""`, `true`},
		{`jsonencode({ a = var.u }) == ""`, `false`},
		{`coalesce(jsonencode({ a = var.u }), "x")`, `"{\"a\":{?}}"`},
		{`one(data.aws_iam_roles.all.arns)`, `?(data.aws_iam_roles.all.arns[0])`},
		{`sort(tolist(data.aws_iam_roles.all.arns))`, `?(data.aws_iam_roles.all.arns)`},
		{`1 / 0`, `+Inf`},
		{`max(var.n, 1)`, `2`},
		{`aws_iam_user.counted[var.u].arn`, `?`},
		{`nonsense(`, ``},
	}
	for _, tt := range tests {
		root := load(t, ".", strings.Replace(partial, "EXPR", tt.expr, 1), Options{})
		top := root.loader.(*evaluator).top
		if tt.want == "" {
			if len(root.Gaps()) == 0 {
				t.Errorf("%s: no gap for a syntax error", tt.expr)
			}
			continue
		}
		v, problem := top.member("v", false)
		if problem != "" {
			t.Errorf("%s: %s", tt.expr, problem)
			continue
		}
		if got := printed(v); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.expr, got, tt.want)
		}
		if v.Is(value.Unknown) && len(v.Why) == 0 {
			t.Errorf("%s: unknown without a reason", tt.expr)
		}
	}
}

// TestReasons: what is missing is named.
func TestReasons(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`"x${var.u}"`, "var.u has no value"},
		{`var.u ? "a" : "b"`, "var.u has no value"},
		{`aws_iam_user.one.arn`, "aws_iam_user.one.arn is known only after apply"},
		{`data.aws_caller_identity.me.account_id`, "data.aws_caller_identity.me.account_id is not known (--account)"},
		{`terraform.workspace`, "terraform.workspace is not known (--workspace)"},
		{`module.far.x`, `module.far: its source "terraform-aws-modules/iam/aws" is not local, and has not been fetched by terraform init`},
		{`local.obj.missing`, `there is no attribute "missing"`},
		{`aws_iam_user.missing.arn`, "aws_iam_user.missing is not declared"},
		{`merge(local.obj, { b = "${var.u}x" })`, "var.u has no value"},
		{`aws_iam_user.maybe[*].arn`, "var.u has no value"},
	}
	for _, tt := range tests {
		root := load(t, ".", strings.Replace(partial, "EXPR", tt.expr, 1), Options{})
		v, _ := root.loader.(*evaluator).top.member("v", false)
		why := v.AllWhy()
		if len(why) != 1 || why[0].Text != tt.want {
			t.Errorf("%s: %v, want %q", tt.expr, why, tt.want)
		}
	}
}

// TestOptions: what is given from outside is known.
func TestOptions(t *testing.T) {
	opt := Options{
		Vars:      map[string]string{"u": "given", "ulist": `["p", "q"]`},
		Workspace: "prod", Account: "111122223333", Partition: "aws-cn",
	}
	tests := []struct{ expr, want string }{
		{`"${var.u}-${terraform.workspace}"`, `"given-prod"`},
		{`data.aws_caller_identity.me.account_id`, `"111122223333"`},
		{`[for k, v in aws_iam_user.keyed : v.name]`, `["p", "q"]`},
		{`aws_iam_user.many["b"].name`, `"given"`},
	}
	for _, tt := range tests {
		root := load(t, ".", strings.Replace(partial, "EXPR", tt.expr, 1), opt)
		v, _ := root.loader.(*evaluator).top.member("v", false)
		if got := printed(v); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}

// TestVia: a value says what names it came through, nearest first.
func TestVia(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
variable "accounts" {
  default = ["111122223333"]
}
locals {
  trusted = var.accounts
}
module "m" {
  source = "./m"
  list   = local.trusted
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = module.m.out[0]
}
-- m/main.tf --
variable "list" {}
output "out" {
  value = var.list
}
`, Options{Uncalled: true})
	v := root.Resource("aws_iam_role.r").Attr("assume_role_policy")
	if got := v.TextOr("?"); got != "111122223333" {
		t.Fatalf("got %q", got)
	}
	if s := v.Span.Text(); s != `"111122223333"` {
		t.Errorf("span %q", s)
	}
	var names []string
	for s := v.Via; s != nil; s = s.Next {
		names = append(names, s.Name+" at "+s.Span.Text())
	}
	want := []string{"module.m.out at output \"out\"", "var.list at local.trusted", "local.trusted at var.accounts", `var.accounts at ["111122223333"]`}
	if !slices.Equal(names, want) {
		t.Errorf("via %q, want %q", names, want)
	}
	if a := v.AllAssumptions(); len(a) != 1 || a[0].Text != `var.accounts = ["111122223333"] (its default)` {
		t.Errorf("assumptions %v", a)
	}
}

// TestEmptyDefaults: where a policy is made, an empty default of a directory
// that no one calls says nothing; elsewhere it is the value, and assumed.
func TestEmptyDefaults(t *testing.T) {
	archive := `
-- main.tf --
variable "trusted" {
  type    = list(string)
  default = []
}
variable "create" {
  default = true
}
variable "suffix" {
  default = ""
}
variable "boundary" {
  default = null
}
resource "aws_iam_role" "r" {
  count                = length(var.trusted) == 0 && var.create ? 1 : 0
  name                 = "r${var.suffix}"
  permissions_boundary = var.boundary
  assume_role_policy   = data.aws_iam_policy_document.d.json
  inline_policy {
    name   = "i"
    policy = jsonencode({ a = concat(["x"], var.trusted) })
  }
}
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = var.suffix == "" ? [] : [1]
    content {
      actions = ["sts:AssumeRole"]
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = var.trusted
    }
  }
}
`
	root := load(t, ".", archive, Options{Uncalled: true})
	r := root.Resource("aws_iam_role.r[?]")
	if r == nil || r.Exists != value.Maybe {
		t.Fatalf("whether the role exists is not known: %v", r)
	}
	if got := r.Attr("name"); got.Known() || !got.Is(value.String) || got.Parts[0].Text.String != "r" {
		t.Errorf("name %s", printed(got))
	}
	if len(r.Assumptions) != 1 {
		t.Errorf("the role rests on %d assumptions", len(r.Assumptions))
	}
	if !r.Attr("permissions_boundary").Is(value.Unknown) {
		t.Error("the boundary is known")
	}
	tree, err := value.DecodeJSON(r.Attr("assume_role_policy"))
	if err != nil {
		t.Fatal(err)
	}
	statements := tree.Get("Statement")
	if !statements.Open || len(statements.Elems) != 1 {
		t.Errorf("statements %s", printed(statements))
	}
	if aws := statements.At(0).Get("Principal").Get("AWS"); aws.Known() || len(aws.AllWhy()) == 0 {
		t.Errorf("principals %s", printed(aws))
	}
	inline, err := value.DecodeJSON(r.Attr("inline_policy").At(0).Get("policy"))
	if err != nil || !inline.Get("a").Open {
		t.Errorf("inline policy %s, %v", printed(inline), err)
	}

	called := load(t, ".", archive, Options{})
	tree, _ = value.DecodeJSON(called.Resource("aws_iam_role.r[0]").Attr("assume_role_policy"))
	if s := tree.Get("Statement"); s.Open || len(s.Elems) != 1 {
		t.Errorf("with defaults that are no assumptions: statements %s", printed(s))
	}
}
