package terraform

import (
	"strconv"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

// The provider stores policies with their members in order, and some of them
// with the version in front; sets are in order.
func TestDescribed(t *testing.T) {
	root := load(t, ".", `-- main.tf --
resource "aws_iam_role" "r" {
  assume_role_policy = <<-EOT
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "<b>"}]}
  EOT
  inline_policy {
    name   = "i"
    policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  }
  managed_policy_arns = ["b", "a", "b"]
}
resource "aws_iam_user_policy" "u" {
  policy = "not JSON"
}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["b", "a"]
  }
}
`, Options{})
	for _, tt := range []struct{ address, attr, want string }{
		{"aws_iam_role.r", "assume_role_policy", strconv.Quote(`{"Statement":[{"Action":"\u003cb\u003e","Effect":"Allow"}],"Version":"2012-10-17"}`)},
		{"aws_iam_role.r", "inline_policy", `[{name: "i", policy: ` + strconv.Quote(`{"Version":"2012-10-17","Statement":[]}`) + `}]`},
		{"aws_iam_role.r", "managed_policy_arns", `["a", "b"]`},
		{"aws_iam_role.r", "path", `"/"`},
		{"aws_iam_user_policy.u", "policy", `"not JSON"`},
		{"data.aws_iam_policy_document.d", "version", `"2012-10-17"`},
		{"data.aws_iam_policy_document.d", "statement", `[{actions: ["a", "b"]}]`},
	} {
		r := root.Resource(tt.address)
		if r == nil {
			t.Fatalf("%s is missing", tt.address)
		}
		if got := printed(r.Described().Get(tt.attr)); got != tt.want {
			t.Errorf("%s.%s is %s, want %s", tt.address, tt.attr, got, tt.want)
		}
	}
	r := root.Resource("aws_iam_role.r")
	if v := r.Reference("unique_id"); !v.Is(value.Unknown) || len(v.Why) == 0 {
		t.Errorf("unique_id is %s", printed(v))
	}
	if got := printed(r.Attr("managed_policy_arns")); got != `["b", "a", "b"]` {
		t.Errorf("the attribute itself has changed to %s", got)
	}
}
