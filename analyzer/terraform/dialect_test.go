package terraform

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

func TestDialect(t *testing.T) {
	plan := func(rest string) string {
		return `{"format_version":"1.2",` + rest + `"planned_values":{"root_module":{}}}`
	}
	for _, tt := range []struct {
		name, files string // of the root module
		opt         Options
		plan, state string
		want        string
		read        string // the files that count; "" for all
	}{
		{name: "nothing tells", files: "main.tf", want: "Terraform or OpenTofu"},
		{name: "a file of OpenTofu's", files: "main.tf users.tofu", want: "OpenTofu"},
		{name: "in JSON", files: "main.tf users.tofu.json", want: "OpenTofu"},
		{name: "somebody says", files: "main.tf", opt: Options{Language: lang.OpenTofu}, want: "OpenTofu"},
		{name: "Terraform passes over .tofu", files: "main.tf main.tofu users.tofu override.tofu", opt: Options{Language: lang.Terraform}, want: "Terraform", read: "main.tf"},
		{name: "OpenTofu takes it in the place of .tf", files: "main.tf main.tofu a.tf.json a.tofu.json b.tf b.tofu.json", want: "OpenTofu", read: "a.tofu.json b.tf b.tofu.json main.tofu"},
		{name: "tests and queries are no configuration", files: "main.tf a.tftest.hcl a.tofutest.hcl a.tftest.json a.tofutest.json users.tfquery.hcl", want: "Terraform or OpenTofu", read: "main.tf"},
		{name: "a plan of Terraform", plan: plan(`"terraform_version":"1.13.3","applyable":true,`), want: "Terraform 1.13.3"},
		{name: "a plan of before OpenTofu", plan: plan(`"terraform_version":"1.5.7",`), want: "Terraform 1.5.7"},
		{name: "a plan that may be of either", plan: plan(`"terraform_version":"1.6.2",`), want: "Terraform or OpenTofu 1.6.2"},
		{name: "a plan of OpenTofu",
			plan: plan(`"terraform_version":"1.12.6","configuration":{"provider_config":{"aws":{"full_name":"registry.opentofu.org/hashicorp/aws"}}},`),
			want: "OpenTofu 1.12.6"},
		{name: "with the configuration", files: "main.tf main.tofu", plan: plan(`"terraform_version":"1.13.3","complete":true,"applyable":true,`),
			want: "Terraform 1.13.3", read: "main.tf"},
		{name: "whoever says it wins", files: "main.tf", opt: Options{Language: lang.OpenTofu}, plan: plan(`"terraform_version":"1.11.4","applyable":true,`), want: "OpenTofu 1.11.4"},
		{name: "a state",
			state: `{"version":4,"terraform_version":"1.12.6","serial":1,"resources":[{"mode":"managed","type":"aws_iam_user","name":"u","provider":"provider[\"registry.opentofu.org/hashicorp/aws\"]","instances":[]}]}`,
			want:  "OpenTofu 1.12.6"},
		{name: "a state as it is shown",
			state: `{"format_version":"1.0","terraform_version":"1.12.6","values":{"root_module":{"resources":[{"address":"aws_iam_user.u","mode":"managed","type":"aws_iam_user","name":"u","provider_name":"registry.opentofu.org/hashicorp/aws","values":{}}]}}}`,
			want:  "OpenTofu 1.12.6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := context.Background()
			fsys := fstest.MapFS{}
			for _, name := range strings.Fields(tt.files) {
				text := "\n"
				if strings.HasSuffix(name, ".json") {
					text = "{}"
				}
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			var root *Root
			var err error
			if tt.files != "" {
				if root, err = LoadConfig(ctx, workspace.OverFS(fsys), ".", tt.opt); err != nil {
					t.Fatal(err)
				}
			}
			switch {
			case tt.plan != "":
				root, err = LoadPlan(ctx, strings.NewReader(tt.plan), "plan.json", root, PlanOptions{})
			case tt.state != "":
				root, err = LoadState(ctx, strings.NewReader(tt.state), "state", root)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := root.Dialect().String(); got != tt.want {
				t.Errorf("the dialect is %s, want %s", got, tt.want)
			}
			var read []string
			for _, f := range root.Files() {
				read = append(read, f.Name)
			}
			if got := strings.Join(read, " "); tt.read != "" && got != tt.read {
				t.Errorf("%s is read, want %s", got, tt.read)
			}
		})
	}
}

// TestEphemeralInPlan: a plan has the default of an ephemeral variable, whatever
// it was given, as Terraform 1.13.3 and OpenTofu 1.12.6 write it.
func TestEphemeralInPlan(t *testing.T) {
	const archive = "-- main.tf --\nvariable \"e\" {\n  ephemeral = true\n  default   = \"default\"\n}\nvariable \"p\" {\n  default = \"x\"\n}\nresource \"aws_iam_user\" \"u\" {\n  name = var.p\n  password_wo = var.e\n}\n"
	const planned = `{"format_version":"1.2","terraform_version":"1.13.3","applyable":true,"variables":{"e":{"value":"default"},"p":{"value":"set"}},"planned_values":{"root_module":{}}}`
	for _, tt := range []struct {
		vars map[string]string
		want string
	}{
		{nil, `?`},
		{map[string]string{"e": "given"}, `"given"`},
	} {
		root, err := LoadPlan(context.Background(), strings.NewReader(planned), "plan.json", load(t, ".", archive, Options{Vars: tt.vars, Uncalled: true}), PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		top := root.loader.(*overlaid).config.loader.(*evaluator).top
		e, _ := top.variable("e", false)
		p, _ := top.variable("p", false)
		if printed(e) != tt.want || !e.Sensitive || printed(p) != `"set"` {
			t.Errorf("with %v: var.e is %s, var.p is %s", tt.vars, printed(e), printed(p))
		}
	}
}

// TestNewerLanguage: what Terraform 1.12 to 1.14 and OpenTofu 1.11 and 1.12 have,
// and what of it makes no resource.
func TestNewerLanguage(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
language {
  compatible_with {
    opentofu = ">= 1.12"
  }
}
action "aws_lambda_invoke" "notify" {
  config {
    function_name = "notify"
  }
}
variable "secret" {
  type      = string
  ephemeral = true
}
variable "constant" {
  const      = true
  default    = "c"
  deprecated = "use another"
}
ephemeral "random_password" "p" {
  length = 20
}
ephemeral "random_password" "off" {
  length = 20
  lifecycle {
    enabled = false
  }
}
resource "aws_iam_user" "u" {
  name = var.constant
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.aws_lambda_invoke.notify]
    }
  }
}
resource "aws_db_instance" "d" {
  password_wo         = ephemeral.random_password.p.result
  password_wo_version = 1
}
import {
  to = aws_iam_user.u
  identity = {
    name = "c"
  }
}
removed {
  from = aws_iam_user.gone
}
output "e" {
  value     = var.secret
  ephemeral = true
}
-- list.tfquery.hcl --
list "aws_iam_user" "all" {
  provider = aws
}
resource "aws_iam_user" "no" {}
-- main.tftest.hcl --
run "r" {
  command = plan
}
-- main.tofutest.hcl --
run "r" {
  command = plan
}
`, Options{})
	var got []string
	for _, r := range root.Resources() {
		got = append(got, r.Address)
	}
	if s := strings.Join(got, " "); s != "aws_db_instance.d aws_iam_user.u" {
		t.Errorf("the resources are %s", s)
	}
	u := root.Resource("aws_iam_user.u")
	if u == nil || printed(u.Attr("name")) != `"c"` || u.Imported == value.No {
		t.Errorf("the user is %+v", u)
	}
	if v := root.Resource("aws_db_instance.d").Attr("password_wo"); v.Known() {
		t.Errorf("an ephemeral value is %s", printed(v))
	}
	if gaps := gapsOf(root); len(gaps) > 0 {
		t.Errorf("gaps %q", gaps)
	}
}
