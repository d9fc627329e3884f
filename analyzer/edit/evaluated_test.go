package edit_test

import (
	"context"
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
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

// Operators, keys and values of conditions, and elements of lists, are where
// package terraform says, in every syntax.
func TestEvaluatedLeavesAreReplaced(t *testing.T) {
	json := `{"Statement": [{"Action": ["a", "b"], "Condition": {"Bool": {"aws:x": "$${aws:u}"}}}]}`
	plainJSON := strings.ReplaceAll(json, "$$", "$")
	for name, files := range map[string]map[string]string{
		"jsonencode":           {"main.tf": role(`jsonencode({ Statement = [{ Action = ["a", "b"], Condition = { Bool = { "aws:x" = "$${aws:u}" } } }] })`)},
		"quoted keys":          {"main.tf": role(`jsonencode({ "Statement" : [{ "Action" : ["a", "b"], "Condition" : { "Bool" : { "aws:x" : "$${aws:u}" } } }] })`)},
		"heredoc":              {"main.tf": role("<<EOT\n" + json + "\nEOT")},
		"indented heredoc":     {"main.tf": role("<<-EOT\n    " + json + "\n  EOT")},
		"quoted":               {"main.tf": role(`"` + strings.ReplaceAll(json, `"`, `\"`) + `"`)},
		"file":                 {"main.tf": role(`file("p.json")`), "p.json": plainJSON},
		"template file":        {"main.tf": role(`templatefile("p.tpl", {})`), "p.tpl": json},
		"Terraform JSON":       {"main.tf.json": `{"resource": {"aws_iam_role": {"r": {"assume_role_policy": "` + strings.ReplaceAll(json, `"`, `\"`) + `"}}}}`},
		"policy document":      {"main.tf": role("data.aws_iam_policy_document.d.json") + "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"a\", \"b\"]\n    condition {\n      test     = \"Bool\"\n      variable = \"aws:x\"\n      values   = [\"&{aws:u}\"]\n    }\n  }\n}\n"},
		"policy document JSON": {"main.tf.json": `{"resource": {"aws_iam_role": {"r": {"assume_role_policy": "${data.aws_iam_policy_document.d.json}"}}}, "data": {"aws_iam_policy_document": {"d": {"statement": {"actions": ["a", "b"], "condition": {"test": "Bool", "variable": "aws:x", "values": ["&{aws:u}"]}}}}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := statement(t, files)
			operator := s.Get("Condition").Attrs[0]
			key := operator.Value.Attrs[0]
			test := key.Value
			if test.IsSequence() {
				test = test.At(0)
			}
			var sets [][]source.Edit
			for i, op := range []func() ([]source.Edit, error){
				func() ([]source.Edit, error) { return edit.ReplaceString(operator.Name, "StringLike") },
				func() ([]source.Edit, error) { return edit.ReplaceString(key.Name, `aws:"é"`) },
				func() ([]source.Edit, error) { return edit.ReplaceString(test, "${aws:username}*") },
				func() ([]source.Edit, error) { return edit.ReplaceString(s.Get("Action").At(index(s, "a")), "c") },
				func() ([]source.Edit, error) { return edit.AppendElement(s.Get("Action"), edit.String("d")) },
				func() ([]source.Edit, error) { return edit.RemoveElement(s.Get("Action"), index(s, "b")) },
			} {
				edits, err := op()
				if err != nil {
					t.Fatalf("operation %d: %v %v %q %v", i, err, test.Syntax, test.Span.Text(), test.Parts)
				}
				sets = append(sets, edits)
			}
			for _, want := range []struct {
				sets [][]source.Edit
				is   any
			}{
				{sets[:5], map[string]any{"Action": []any{"b", "c", "d"}, "Condition": map[string]any{"StringLike": map[string]any{`aws:"é"`: "${aws:username}*"}}}},
				{sets[5:], map[string]any{"Action": "a", "Condition": map[string]any{"Bool": map[string]any{"aws:x": "${aws:u}"}}}},
			} {
				edits, conflicts := source.Merge(want.sets...)
				if len(conflicts) > 0 {
					t.Fatalf("conflicts %v", conflicts)
				}
				out, err := source.Apply(edits[0].Span.File, edits)
				if err != nil {
					t.Fatal(err)
				}
				now := map[string]string{}
				for name, text := range files {
					now[name] = text
				}
				now[edits[0].Span.File.Name] = string(out)
				is := plain(t, statement(t, now))
				delete(is, "Effect") // a data source's default
				if list, ok := is["Action"].([]any); ok && len(list) == 1 {
					is["Action"] = list[0]
				} else if ok {
					sort.Slice(list, func(i, j int) bool { return list[i].(string) < list[j].(string) })
				}
				if c, ok := is["Condition"].(map[string]any); ok {
					unwrap(c)
				}
				if !reflect.DeepEqual(any(is), want.is) {
					t.Errorf("%v, want %v:\n%s", is, want.is, out)
				}
			}
		})
	}
}

// index is where an action is in the statement: a data source sorts them.
func index(statement *value.Value, action string) int {
	for i, a := range statement.Get("Action").Elems {
		if a.TextOr("") == action {
			return i
		}
	}
	return -1
}

// unwrap makes single values of lists of one, as the data source may write.
func unwrap(m map[string]any) {
	for k, v := range m {
		switch v := v.(type) {
		case map[string]any:
			unwrap(v)
		case []any:
			if len(v) == 1 {
				m[k] = v[0]
			}
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
	root, err := terraform.LoadConfig(context.Background(), workspace.OverFS(fsys), ".", terraform.Options{})
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
