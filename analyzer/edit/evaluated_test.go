package edit_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What package terraform says about where values stand is what this package
// needs: a condition lands in the statement, wherever its text is, and the
// policy that Terraform then makes is the one that was meant.
func TestConditionsLandInEvaluatedStatements(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		in    string // the file that is edited
		want  string // what it then contains
	}{
		{"jsonencode", map[string]string{"main.tf": role(`jsonencode({
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
    }]
  })`)}, "main.tf", "        \"sts:RoleSessionName\" = \"$${aws:username}\"\n"},
		{"jsonencode in a template", map[string]string{"main.tf": role(`"${jsonencode({ Statement = [{ Effect = "Allow" }] })}"`)},
			"main.tf", `{ Effect = "Allow", Condition = {`},
		{"a local value", map[string]string{"main.tf": role(`jsonencode(local.p)`), "locals.tf": `locals {
  statement = { Effect = "Allow" }
  p         = { Statement = [local.statement] }
}
`}, "locals.tf", `{ Effect = "Allow", Condition = { StringLike = { "sts:RoleSessionName" = "$${aws:username}" } } }`},
		{"merge", map[string]string{"main.tf": role(`jsonencode({ Statement = [merge({ Effect = "Allow" }, { Action = "x" })] })`)},
			"main.tf", `{ Action = "x", Condition = {`},
		{"heredoc", map[string]string{"main.tf": role("<<-EOT\n    {\n      \"Statement\": [\n        {\n          \"Action\": \"${aws_iam_user.u.arn}\"\n        }\n      ]\n    }\n  EOT")},
			"main.tf", "          \"Condition\": {\n            \"StringLike\": {\n              \"sts:RoleSessionName\": \"$${aws:username}\"\n"},
		{"quoted JSON", map[string]string{"main.tf": role(`"{\"Statement\":[{\"Effect\":\"Allow\"}]}"`)},
			"main.tf", `{\"Effect\":\"Allow\",\"Condition\":{\"StringLike\":{\"sts:RoleSessionName\":\"$${aws:username}\"}}}`},
		{"a JSON file", map[string]string{"main.tf": role(`file("${path.module}/p.json")`), "p.json": `{"Statement": {"Effect": "Allow"}}`},
			"p.json", `{"Effect": "Allow", "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username}"}}}`},
		{"a template file", map[string]string{"main.tf": role(`templatefile("p.tpl", { e = "Allow" })`), "p.tpl": `{"Statement": {"Effect": "${e}"}}`},
			"p.tpl", `{"Effect": "${e}", "Condition": {"StringLike": {"sts:RoleSessionName": "$${aws:username}"}}}`},
		{"a policy document", map[string]string{"main.tf": role("data.aws_iam_policy_document.d.json"), "data.tf": `data "aws_iam_policy_document" "d" {
  statement { actions = ["sts:AssumeRole"] }
}
`}, "data.tf", "    actions = [\"sts:AssumeRole\"]\n\n    condition {\n      test     = \"StringLike\"\n      variable = \"sts:RoleSessionName\"\n      values   = [\"&{aws:username}\"]\n    }\n"},
		{"a dynamic statement", map[string]string{"main.tf": role("data.aws_iam_policy_document.d.json"), "data.tf": `data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = ["sts:AssumeRole"]
    content {
      actions = [statement.value]
    }
  }
}
`}, "data.tf", "      actions = [statement.value]\n\n      condition {\n"},
		{"Terraform JSON", map[string]string{"main.tf.json": `{"resource": {"aws_iam_role": {"r": {"assume_role_policy": "{\"Statement\":[{\"Effect\":\"Allow\"}]}"}}}}`},
			"main.tf.json", `{\"Effect\":\"Allow\",\"Condition\":{\"StringLike\":{\"sts:RoleSessionName\":\"$${aws:username}\"}}}`},
		{"a policy document in Terraform JSON", map[string]string{"main.tf.json": `{
  "resource": {"aws_iam_role": {"r": {"assume_role_policy": "${data.aws_iam_policy_document.d.json}"}}},
  "data": {"aws_iam_policy_document": {"d": {"statement": {"actions": ["a"]}}}}
}`}, "main.tf.json", `{"actions": ["a"], "condition": {"test": "StringLike", "variable": "sts:RoleSessionName", "values": ["&{aws:username}"]}}`},
	} {
		for _, newline := range []string{"\n", "\r\n"} {
			t.Run(strings.Trim(tt.name+" CRLF", map[string]string{"\n": " CRLF"}[newline]), func(t *testing.T) {
				files := map[string]string{}
				for name, text := range tt.files {
					files[name] = strings.ReplaceAll(text, "\n", newline)
				}
				before := statement(t, files)
				edits, err := edit.AddCondition(before, "StringLike", "sts:RoleSessionName", "${aws:username}")
				if err != nil {
					t.Fatal(err)
				}
				f := edits[0].Span.File
				out, err := source.Apply(f, edits)
				if err != nil {
					t.Fatal(err)
				}
				if want := strings.ReplaceAll(tt.want, "\n", newline); f.Name != tt.in || !strings.Contains(string(out), want) {
					t.Fatalf("%s is now\n%s\nwithout\n%s", f.Name, out, want)
				}
				was := plain(t, before)
				files[f.Name] = string(out)
				is := plain(t, statement(t, files))
				condition := is["Condition"]
				delete(is, "Condition")
				want := map[string]any{"StringLike": map[string]any{"sts:RoleSessionName": "${aws:username}"}}
				if !reflect.DeepEqual(condition, want) || !reflect.DeepEqual(is, was) {
					t.Errorf("condition %v of %v, was %v", condition, is, was)
				}
			})
		}
	}
}

func role(policy string) string {
	return "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = " + policy + "\n}\n"
}

// statement is the only statement of the role's trust policy.
func statement(t *testing.T, files map[string]string) *value.Value {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	root, err := terraform.LoadConfig(context.Background(), terraform.OverFS(fsys), ".", terraform.Options{})
	if err != nil {
		t.Fatal(err)
	}
	roles := root.Resources("aws_iam_role")
	if len(roles) != 1 {
		t.Fatalf("%d roles, gaps %v", len(roles), root.Gaps())
	}
	policy, err := value.DecodeJSON(roles[0].Attr("assume_role_policy"))
	if err != nil {
		t.Fatal(err)
	}
	s := policy.Get("Statement")
	if s.IsSequence() {
		s = s.At(0)
	}
	if !s.IsMapping() {
		t.Fatalf("the statement is %s: %v %v", s.Kind, s.AllWhy(), root.Gaps())
	}
	return s
}

// plain is the statement as JSON; what is not known is null.
func plain(t *testing.T, v *value.Value) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, a := range v.Attrs {
		k, _ := a.Key()
		var member any
		if text, ok := value.EncodeJSON(a.Value, ""); ok {
			if err := json.Unmarshal([]byte(text), &member); err != nil {
				t.Fatal(err)
			}
		}
		out[k] = member
	}
	return out
}
