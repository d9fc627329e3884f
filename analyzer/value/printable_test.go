package value

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

// A message names what is not known by the expression that stands for it, and
// tells nothing of what is sensitive.
func TestPrintable(t *testing.T) {
	hole := func(expression string) *Value {
		f := source.NewFile("main.tf", []byte(expression))
		return &Value{Span: source.Span{File: f, End: len(expression)}}
	}
	root := func(h *Value) *Value {
		return &Value{Kind: String, Parts: []Part{{Text: source.Computed("arn:aws:iam::", source.Span{})}, {Hole: h}, {Text: source.Computed(":root", source.Span{})}}}
	}
	secret := Str("123456789012")
	secret.Sensitive = true
	for _, tt := range []struct {
		name string
		v    *Value
		want string
	}{
		{"known", Str("alice"), "alice"},
		{"a reference", root(hole(`local.accounts["tools"]`)), `arn:aws:iam::${local.accounts["tools"]}:root`},
		{"a splat", root(hole(`aws_organizations_account.x[*].id`)), `arn:aws:iam::${aws_organizations_account.x[*].id}:root`},
		{"a call", root(hole(`one(local.accounts)`)), `arn:aws:iam::${one(local.accounts)}:root`},
		{"all of it", hole(`var.principals`), `var.principals`},
		{"a list", hole(`[for a in var.accounts : "arn:aws:iam::${a}:root"]`), `[for a in var.accounts : "arn:aws:iam::${a}:root"]`},
		{"several lines", root(hole("coalesce(\n  var.a,\n)")), "arn:aws:iam::…:root"},
		{"a piece of an expression", root(hole(`["tools"]`)), "arn:aws:iam::…:root"},
		{"read through a name", root(&Value{Via: &Step{Name: "local.root"}}), "arn:aws:iam::${local.root}:root"},
		{"an attribute", root(&Value{Ref: &Ref{Address: "aws_iam_user.x", Attr: "name"}}), "arn:aws:iam::${aws_iam_user.x.name}:root"},
		{"nothing to name", root(&Value{}), "arn:aws:iam::…:root"},
		{"sensitive", secret, "…"},
		{"no string", &Value{Kind: Object}, "…"},
		{"nil", nil, "…"},
	} {
		if got := tt.v.Printable(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
