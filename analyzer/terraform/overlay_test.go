package terraform

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// overlaidRoot lays a plan over a configuration of one file.
func overlaidRoot(t *testing.T, tf, plan string, opt PlanOptions) *Root {
	t.Helper()
	ctx := context.Background()
	config, err := LoadConfig(ctx, workspace.OverFS(fstest.MapFS{"main.tf": {Data: []byte(tf)}}), ".", Options{Uncalled: true})
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadPlan(ctx, strings.NewReader(planHead+plan+"}"), "plan.json", config, opt)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestOverlayFillsHoles(t *testing.T) {
	root := overlaidRoot(t, `
variable "account" {}
variable "path" { default = "/d/" }
resource "aws_iam_role" "r" {
  name = "r"
  path = var.path
  assume_role_policy = jsonencode({
    Statement = [{ Sid = "A", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account}:root" } }]
  })
}
`, `"resource_changes":[`+change("aws_iam_role.r", `"create"`,
		`"after":{"name":"r","path":"/d/","max_session_duration":3600,"assume_role_policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Sid\":\"A\"}]}"},"after_unknown":{"arn":true,"name_prefix":true}`)+`]`, PlanOptions{})
	r := root.Resource("aws_iam_role.r")
	aws := r.Attr("assume_role_policy").JSON.Get("Statement").At(0).Get("Principal").Get("AWS")
	if got, want := aws.TextOr("?"), "arn:aws:iam::111122223333:root"; got != want {
		t.Errorf("principal %s, want %s", got, want)
	}
	if got := aws.Span.Text(); got != `"arn:aws:iam::${var.account}:root"` {
		t.Errorf("principal at %s", got)
	}
	if got := aws.Parts[len(aws.Parts)-1].Text.Span.Text(); got != ":root" {
		t.Errorf("end of the principal at %q", got)
	}
	if p := r.Attr("path"); p.TextOr("") != "/d/" || len(p.AllAssumptions()) > 0 || p.Span.IsZero() {
		t.Errorf("path %+v", p)
	}
	if !r.Attr("max_session_duration").Is(value.Number) || !r.Attr("arn").Is(value.Absent) {
		t.Error("defaults are not those of the plan")
	}
	if !r.Attr("assume_role_policy").JSON.Known() {
		t.Error("the policy is not known")
	}
}

// Where the two differ, the plan is right about the value.
func TestOverlayDiffers(t *testing.T) {
	root := overlaidRoot(t, `
variable "trusted" { default = "111111111111" }
resource "aws_iam_role" "r" {
  name               = "r-${var.trusted}"
  assume_role_policy = <<-EOT
    {"Statement": [
      {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "${var.trusted}"}}
    ]}
  EOT
}
`, `"resource_changes":[`+change("aws_iam_role.r", `"create"`,
		`"after":{"name":"r-222222222222","assume_role_policy":"{\"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": {\"AWS\": \"222222222222\"}}\n]}\n"}`)+`]`, PlanOptions{})
	r := root.Resource("aws_iam_role.r")
	if got := r.Attr("name").TextOr(""); got != "r-222222222222" || r.Attr("name").Span.Text() != `"r-${var.trusted}"` {
		t.Errorf("name %s at %s", got, r.Attr("name").Span.Text())
	}
	doc := r.Attr("assume_role_policy")
	if got, _ := value.EncodeJSON(doc.JSON, ""); got != `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"222222222222"}}]}` {
		t.Errorf("policy %s", got)
	}
	if s := doc.JSON.Get("Statement").At(0); !strings.HasPrefix(s.Span.Text(), `{"Effect": "Allow"`) || s.Syntax != value.SyntaxTemplateJSON {
		t.Errorf("statement at %s, syntax %d", s.Span.Text(), s.Syntax)
	}
	if len(doc.AllAssumptions()) > 0 {
		t.Error("the plan's value rests on an assumption")
	}
}

// A policy that the plan defers is known as far as the configuration tells.
func TestOverlayKeepsWhatConfigurationKnows(t *testing.T) {
	root := overlaidRoot(t, `
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.d.json
}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.u.arn]
    }
  }
}
`, `"resource_changes":[`+change("aws_iam_user.u", `"create"`, `"after":{"name":"u"},"after_unknown":{"arn":true}`)+`,`+
		change("aws_iam_role.r", `"create"`, `"after":{"name":"r"},"after_unknown":{"assume_role_policy":true}`)+`]`, PlanOptions{})
	p := root.Resource("aws_iam_role.r").Attr("assume_role_policy")
	aws := p.JSON.Get("Statement").At(0).Get("Principal").Get("AWS")
	if u := root.Resource("aws_iam_user.u"); !u.Is(aws, "arn") {
		t.Errorf("the principal is %+v", aws)
	}
	if got := aws.Span.Text(); got != "aws_iam_user.u.arn" {
		t.Errorf("the principal is at %s", got)
	}
	if len(root.DataSources("aws_iam_policy_document")) != 1 || len(root.Gaps()) > 0 {
		t.Errorf("gaps %v", root.Gaps())
	}
}

// What a plan adds takes away no place of an expression, on which fixes build: of the
// arguments of a block and of the members of objects, also where they rested on a default.
func TestOverlayLeavesExpressionsInPlace(t *testing.T) {
	root := overlaidRoot(t, `
variable "team" { default = "ops" }
variable "account" {}
resource "aws_iam_role" "r" {
  name               = "r"
  tags               = { team = var.team }
  assume_role_policy = jsonencode({ Statement = [{ Sid = "A", Effect = var.team == "ops" ? "Allow" : "Deny", Principal = { AWS = var.account } }] })
}
`, `"resource_changes":[`+change("aws_iam_role.r", `"create"`,
		`"after":{"name":"r","path":"/","tags":{"team":"ops"},"assume_role_policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Sid\":\"A\"}]}"},"after_unknown":{"arn":true}`)+`]`, PlanOptions{})
	r := root.Resource("aws_iam_role.r")
	statement := r.Attr("assume_role_policy").JSON.Get("Statement").At(0)
	for _, test := range []struct {
		of         *value.Value
		name, want string
	}{
		{r.Block, "name", `"r"`},
		{r.Block, "tags", `{ team = var.team }`},
		{r.Attr("tags"), "team", `var.team`},
		{statement, "Sid", `"A"`},
		{statement, "Effect", `var.team == "ops" ? "Allow" : "Deny"`},
		{statement, "Principal", `{ AWS = var.account }`},
		{statement.Get("Principal"), "AWS", `var.account`},
	} {
		for _, a := range test.of.Attrs {
			if name, _ := a.Key(); name == test.name && a.Expr.Text() != test.want {
				t.Errorf("%s is written as %q, want %q", name, a.Expr.Text(), test.want)
			}
		}
		if test.of.Get(test.name).Is(value.Absent) {
			t.Errorf("there is no %s", test.name)
		}
	}
}

// Instances are those of the plan.
func TestOverlayInstances(t *testing.T) {
	root := overlaidRoot(t, `
variable "names" { type = set(string) }
variable "on" { default = true }
resource "aws_iam_user" "each" {
  for_each = var.names
  name     = each.key
  path     = "/p/"
}
resource "aws_iam_user" "off" {
  count = var.on ? 1 : 0
  name  = "off"
}
resource "aws_iam_user" "new" { name = "new" }
`, `"resource_changes":[`+change(`aws_iam_user.each["a"]`, `"create"`, `"after":{"name":"a","path":"/p/"}`)+`,`+
		change(`aws_iam_user.each["b"]`, `"create"`, `"after":{"name":"b","path":"/p/"}`)+`,`+
		change(`aws_iam_user.gone`, `"create"`, `"after":{"name":"gone"}`)+`]`, PlanOptions{})
	var got []string
	for _, r := range root.Resources("aws_iam_user") {
		got = append(got, r.Address)
		if r.Name == "each" && (r.Attr("path").Span.Text() != `"/p/"` || r.Attr("name").TextOr("") == "" || r.Exists != value.Yes || len(r.Why) > 0) {
			t.Errorf("%s: %+v", r.Address, r.Attr("name"))
		}
	}
	if want := `aws_iam_user.each["a"] aws_iam_user.each["b"] aws_iam_user.gone aws_iam_user.new`; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", got, want)
	}
	var reasons []string
	for _, g := range root.Gaps() {
		reasons = append(reasons, g.Kind.String()+" "+g.Reason)
	}
	want := []string{
		"limit aws_iam_user.gone is in the plan plan.json and not in the configuration of .",
		"limit aws_iam_user.new is in the configuration and not in the plan plan.json: make the plan again, without -target",
	}
	if strings.Join(reasons, "\n") != strings.Join(want, "\n") {
		t.Errorf("gaps %q\nwant %q", reasons, want)
	}
}

// An instance that the configuration does not make is shown at its block, with
// the values of the plan alone.
func TestOverlayForeignInstance(t *testing.T) {
	root := overlaidRoot(t, `
resource "aws_iam_user" "u" {
  for_each = toset(["a"])
  name     = each.key
}
resource "aws_iam_role" "r" {
  for_each           = toset(["a"])
  name               = each.key
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_user.u[each.key].arn } }] })
}
`, `"resource_changes":[`+change(`aws_iam_role.r["b"]`, `"create"`, `"after":{"name":"b","assume_role_policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"}}]}"}`)+`]`, PlanOptions{})
	r := root.Resource(`aws_iam_role.r["b"]`)
	aws := r.Attr("assume_role_policy").JSON.Get("Statement").At(0).Get("Principal").Get("AWS")
	if aws.TextOr("?") != "*" || aws.Ref != nil || aws.Span.IsZero() || r.Attr("name").TextOr("") != "b" {
		t.Errorf("the principal is %q, refers to %v, at %s", aws.TextOr("?"), aws.Ref, aws.Span.Text())
	}
	if len(root.Gaps()) > 0 {
		t.Errorf("gaps %v", root.Gaps())
	}
}

// In edited text the configuration is right, and the plan fills its holes.
func TestOverlayPreferConfig(t *testing.T) {
	const tf = `
variable "account" {}
resource "aws_iam_access_key" "k" {
  user   = "u"
  status = "Inactive"
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account}:root" }
      Condition = { StringLike = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}
`
	const plan = `"resource_changes":[{"address":"aws_iam_access_key.k","mode":"managed","type":"aws_iam_access_key","name":"k","change":{"actions":["create"],"after":{"user":"u","status":"Active"}}},
		{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","change":{"actions":["create"],
		"after":{"name":"r","assume_role_policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"}}]}"}}}]`
	edited := overlaidRoot(t, tf, plan, PlanOptions{PreferConfig: func(s source.Span) bool { return s.File.Name == "main.tf" }})
	if got := edited.Resource("aws_iam_access_key.k").Attr("status").TextOr("?"); got != "Inactive" {
		t.Errorf("status %s, want the edited one", got)
	}
	doc := edited.Resource("aws_iam_role.r").Attr("assume_role_policy").JSON
	const want = `{"Statement":[{"Condition":{"StringLike":{"sts:RoleSessionName":"${aws:username}"}},"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"}}]}`
	if got, _ := value.EncodeJSON(doc, ""); got != want {
		t.Errorf("policy %s\n%s\nwant %s", got, printTree(doc), want)
	}
	plain := overlaidRoot(t, tf, plan, PlanOptions{})
	if got := plain.Resource("aws_iam_access_key.k").Attr("status").TextOr("?"); got != "Active" {
		t.Errorf("status %s, want the plan's", got)
	}
	if !plain.Resource("aws_iam_role.r").Attr("assume_role_policy").JSON.Get("Statement").At(0).Get("Condition").Is(value.Absent) {
		t.Error("a condition that the plan lacks")
	}
}

// FuzzOverlay: any plan over a configuration gives values and no panic.
func FuzzOverlay(f *testing.F) {
	dir := filepath.Join(plans, "terraform-1.11/14-json-override")
	f.Add([]byte(planHead + `"resource_changes":[` + change("aws_iam_role.r", `"create"`, `"after":{"inline_policy":"x","assume_role_policy":[{"a":1}],"name":{"a":null}},"after_unknown":{"assume_role_policy":[true,{"a":true}]}`) + `]}`))
	b, err := workspace.OpenBoundary(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		config, err := LoadConfig(context.Background(), b, ".", Options{})
		if err != nil {
			t.Fatal(err)
		}
		root, err := LoadPlan(context.Background(), strings.NewReader(string(text)), "plan.json", config,
			PlanOptions{PreferConfig: func(s source.Span) bool { return s.Start%2 == 0 }})
		if err != nil {
			return
		}
		for _, r := range append(root.Resources(), root.DataSources()...) {
			r.Block.Known()
		}
	})
}
