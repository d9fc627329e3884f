package terraform

import (
	"strings"
	"testing"
)

// TestJSONMistakes: what Terraform refuses of a JSON file is said, and what it
// takes is not.
func TestJSONMistakes(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"main.tf.json", `{"resource":{"aws_iam_user":{"u":{"name":"a","name":"b"}}}}`, `"name" is set twice`},
		{"main.tf.json", `{"resource":{"aws_iam_user":{"u":{"name":"a","name":{}}}}}`, `"name" is set twice`},
		{"main.tf.json", `{"resource":{"aws_iam_role":{"r":[{"lifecycle":{"prevent_destroy":true,"prevent_destroy":false}}]}}}`, `"prevent_destroy" is set twice`},
		{"main.tf.json", `{"resource":{"aws_iam_role":{"r":{"tags":{"a":"1","a":"2"}}}}}`, `"a" is set twice`},
		{"main.tf.json", `{"locals":{"a":{},"a":{}}}`, "local.a is declared twice"},
		{"main.tf.json", `{"locals":{"a":{"b":1,"b":2}},"resource":{"aws_iam_user":{"u":{"name":"${local.a.b}"}}}}`, `"b" is set twice`},
		{"main.tf.json", `{"provider":{"aws":{"region":"a","region":"b"}},"resource":{"aws_iam_role":{"r":{"permissions_boundary":"${aws_iam_user.u.arn}"}},"aws_iam_user":{"u":{"name":"u"}}}}`, `"region" is set twice`},
		{"terraform.tfvars.json", `{"v":[],"v":[]}`, `"v" is set twice`},
		{"main.tf.json", `{"resource":{"aws_iam_role":{"r":{"inline_policy":{"name":"a"},"inline_policy":{"name":"b"}}}}}`, ""},
		{"main.tf.json", `{"locals":{"a":1},"locals":{"b":2}}`, ""},
		{"main.tf.json", `{"//":"a","//":"b","resource":{"aws_iam_role":{"r":{"//":"c","//":"d"}}}}`, ""},

		{"main.tf.json", `{"resource":{"//":"note","aws_iam_user":{"u":{}}}}`, `"//" is a label here`},
		{"main.tf.json", `{"resource":{"aws_iam_user":{"//":{"metadata":{}},"u":{}}}}`, `"//" is a label here`},
		{"main.tf.json", `{"data":[{"//":"note"}]}`, `"//" is a label here`},
		{"main.tf.json", `{"variable":{"//":"note"}}`, `"//" is a label here`},
		{"main.tf.json", `{"output":{"//":null}}`, ""},
		{"main.tf.json", `{"locals":{"//":"note","a":{"//":"kept"}}}`, ""},
	} {
		root := load(t, ".", "-- z.tf --\nvariable \"v\" { default = [] }\n-- "+c.file+" --\n"+c.text+"\n", Options{})
		root.Resources()
		got := gapsOf(root)
		if ok := c.want == "" && len(got) == 0 || c.want != "" && len(got) == 1 && strings.Contains(got[0], c.want); !ok {
			t.Errorf("%s: got the gaps %q, want %q", c.text, got, c.want)
		}
	}
}

// TestUndeclared: a reference to what is not declared is said, in try and can as
// well; one to what is there but lacks the attribute is a matter of its value.
func TestUndeclared(t *testing.T) {
	for expr, want := range map[string]string{
		`var.x`:                          "var.x is not declared",
		`try(local.x, "d")`:              "local.x is not declared",
		`can(aws_iam_user.x.arn)`:        "aws_iam_user.x is not declared",
		`data.aws_iam_user.x.arn`:        "data.aws_iam_user.x is not declared",
		`module.x.y`:                     "module.x is not declared",
		`try(local.l.x, "d")`:            "",
		`try(aws_iam_user.u[3].arn, "")`: "",
	} {
		root := load(t, ".", "-- main.tf --\nlocals { l = {} }\nresource \"aws_iam_user\" \"u\" {\n  count = 1\n  name = \"u\"\n}\nresource \"aws_iam_user\" \"v\" {\n  name = "+expr+"\n}\n", Options{})
		root.Resources()
		got := gapsOf(root)
		if ok := want == "" && len(got) == 0 || want != "" && len(got) == 1 && strings.Contains(got[0], want); !ok {
			t.Errorf("%s: got the gaps %q, want %q", expr, got, want)
		}
	}
}

// TestStored: what is read of an attribute is what the provider makes of it.
func TestStored(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
resource "aws_iam_server_certificate" "c" {
  certificate_body = "-----BEGIN\nEND-----\n\r\n"
}
resource "aws_iam_role" "r" {
  inline_policy {}
}
data "aws_iam_policy_document" "many" {
  count = 2
}
data "aws_iam_policy_document" "keyed" {
  for_each = toset(["k"])
}
resource "aws_iam_user" "u" {
  for_each = {
    certificate = "<${aws_iam_server_certificate.c.certificate_body}>"
    policies    = jsonencode(aws_iam_role.r.inline_policy)
    many        = data.aws_iam_policy_document.many.json
    keyed       = data.aws_iam_policy_document.keyed.json
  }
  name = each.value
}
`, Options{})
	for key, want := range map[string]string{
		"certificate": "<-----BEGIN\nEND----->",
		"policies":    `[{"name":"","policy":""}]`,
		"many":        "data.aws_iam_policy_document.many has count: its attributes are those of an instance, as data.aws_iam_policy_document.many[0].json",
		"keyed":       "data.aws_iam_policy_document.keyed has for_each: its attributes are those of an instance, as data.aws_iam_policy_document.keyed[each.key].json",
	} {
		v := root.Resource(`aws_iam_user.u["` + key + `"]`).Attr("name")
		got, known := v.Text()
		if !known && len(v.AllWhy()) > 0 {
			got = v.AllWhy()[0].Text
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}
