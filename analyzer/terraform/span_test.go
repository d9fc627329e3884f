package terraform

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

// pieces are the texts of a string with where each stands.
func pieces(v *value.Value) string {
	var out []string
	for _, p := range v.Parts {
		if p.Hole != nil {
			out = append(out, "?")
			continue
		}
		out = append(out, p.Text.Span.Text())
	}
	return strings.Join(out, "|")
}

// TestSpans: every piece of a string knows the bytes it was written as, through
// escapes, indentation that a heredoc drops, and line endings.
func TestSpans(t *testing.T) {
	tests := []struct{ name, expr, find, source string }{
		{"quoted", `"plain text"`, "text", "text"},
		{"escaped dollar", `"a $${aws:username} b"`, "${aws:username}", "$${aws:username}"},
		{"escaped quotes", `"{\"Version\": 1}"`, `"Version"`, `\"Version\"`},
		{"unicode escape", `"caf\u00e9 x"`, "é x", `\u00e9 x`},
		{"after an interpolation", `"a${var.u}-tail"`, "tail", "tail"},
		{"heredoc", "<<EOT\nfirst\n  $${second}\nEOT\n", "${second}", "$${second}"},
		{"flush heredoc", "<<-EOT\n    {\n      \"k\": \"v\"\n    }\n    EOT\n", `"k": "v"`, `"k": "v"`},
		{"flush heredoc over lines", "<<-EOT\n    one\n    two\n    EOT\n", "one\ntwo", "one\n    two"},
		{"flush heredoc with escapes", "<<-EOT\n    one\n      $${two}\n    EOT\n", "  ${two}", "  $${two}"},
		{"CRLF", "<<-EOT\r\n    one\r\n    two\r\n    EOT\r\n", "two", "two"},
		{"strip marker", "<<-EOT\n    %{ if true ~}\n    kept\n    %{ endif ~}\n    EOT\n", "kept", "kept"},
		{"no escapes in a heredoc", "<<EOT\na\\nb\nEOT\n", `a\nb`, `a\nb`},
	}
	for _, tt := range tests {
		root := load(t, ".", "-- main.tf --\nvariable \"u\" {}\nresource \"aws_iam_user\" \"x\" {\n  name = "+tt.expr+"\n}\n", Options{})
		v := root.Resource("aws_iam_user.x").Attr("name")
		found := false
		for _, p := range v.Parts {
			i := strings.Index(p.Text.String, tt.find)
			if p.Hole != nil || i < 0 {
				continue
			}
			found = true
			if got := p.Text.SpanOf(i, i+len(tt.find)).Text(); got != tt.source {
				t.Errorf("%s: %q stands at %q, want %q", tt.name, tt.find, got, tt.source)
			}
			if !p.Text.Mapped() {
				t.Errorf("%s: not mapped", tt.name)
			}
		}
		if !found {
			t.Errorf("%s: %q is not in %s (gaps %v)", tt.name, tt.find, printed(v), gapsOf(root))
		}
	}
}

// TestEditSpans: what a fix replaces is the attribute's own expression, and
// where a text came from is another place.
func TestEditSpans(t *testing.T) {
	root := load(t, ".", `
-- main.tf --
locals {
  status = "Active"
  doc = {
    Statement = [{ Effect = "Allow" }]
  }
}
resource "aws_iam_access_key" "k" {
  status = local.status
  user   = "u"
}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode(local.doc)
  inline_policy {
    name = "i"
  }
}
`, Options{})
	k := root.Resource("aws_iam_access_key.k")
	if got := k.Header.Text(); got != `resource "aws_iam_access_key" "k"` {
		t.Errorf("header %q", got)
	}
	if !strings.HasPrefix(k.Body.Text(), "resource") || !strings.HasSuffix(k.Body.Text(), "}") {
		t.Errorf("body %q", k.Body.Text())
	}
	for _, a := range k.Block.Attrs {
		if name, _ := a.Key(); name == "status" {
			if got := a.Name.Span.Text() + "=" + a.Expr.Text() + "=" + a.Value.Span.Text(); got != `status=local.status="Active"` {
				t.Errorf("status stands at %s", got)
			}
		}
	}
	r := root.Resource("aws_iam_role.r")
	tree, err := value.DecodeJSON(r.Attr("assume_role_policy"))
	if err != nil {
		t.Fatal(err)
	}
	s := tree.Get("Statement").At(0)
	if s.Syntax != value.SyntaxHCL || s.Span.Text() != `{ Effect = "Allow" }` {
		t.Errorf("the statement stands at %q", s.Span.Text())
	}
	if n := s.Attrs[0].Name; n.Span.Text() != "Effect" {
		t.Errorf("its name stands at %q", n.Span.Text())
	}
	inline := r.Attr("inline_policy").At(0)
	if inline.Syntax != value.SyntaxBlock || !strings.HasPrefix(inline.Span.Text(), "inline_policy {") {
		t.Errorf("the block stands at %q", inline.Span.Text())
	}
}

// TestJSONSpans: the same in Terraform's JSON syntax.
func TestJSONSpans(t *testing.T) {
	root := load(t, ".", `
-- main.tf.json --
{"resource": {"aws_iam_role": {"r": {
  "name": "x-\"${terraform.workspace}\"-$${lit}",
  "assume_role_policy": "{\"a\": \"$${aws:username}\"}",
  "inline_policy": [{"name": "i", "policy": "${jsonencode({a = 1})}"}]
}}}}
`, Options{})
	r := root.Resource("aws_iam_role.r")
	if r == nil {
		t.Fatal(gapsOf(root))
	}
	name := r.Attr("name")
	if got := printed(name); got != `"x-\"{?}\"-${lit}"` {
		t.Errorf("name %s", got)
	}
	if got := pieces(name); got != `x-\"|?|\"-$${lit}` {
		t.Errorf("name stands at %s", got)
	}
	if name.Syntax != value.SyntaxTFJSON || !strings.HasPrefix(name.Span.Text(), `"x-`) {
		t.Errorf("name %d %q", name.Syntax, name.Span.Text())
	}
	policy := r.Attr("assume_role_policy").Parts[0].Text
	i := strings.Index(policy.String, "${aws:username}")
	if got := policy.SpanOf(i, i+15).Text(); got != "$${aws:username}" {
		t.Errorf("policy %q", got)
	}
	inline := r.Attr("inline_policy")
	if !inline.Is(value.List) || inline.At(0).Get("policy").TextOr("") != `{"a":1}` || inline.At(0).Syntax != value.SyntaxTFJSON {
		t.Errorf("inline_policy %s", printed(inline))
	}
	if r.Header.Text() != `"r"` {
		t.Errorf("header %q", r.Header.Text())
	}
}
