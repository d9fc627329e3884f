package edit

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

func TestAddCondition(t *testing.T) {
	for _, tt := range []struct{ name, before, after string }{
		{"none yet", `{ Effect = "Allow" }`, `{ Effect = "Allow", Condition = { Bool = { "aws:x" = "true" } } }`},
		{"another operator", `{ Condition = { Null = { a = "b" } } }`, `{ Condition = { Null = { a = "b" }, Bool = { "aws:x" = "true" } } }`},
		{"the same operator", `{ Condition = { Bool = { a = "b" } } }`, `{ Condition = { Bool = { a = "b", "aws:x" = "true" } } }`},
		{"null", `{ Condition = null }`, `{ Condition = { Bool = { "aws:x" = "true" } } }`},
		{"empty", `{ Condition = {} }`, `{ Condition = { Bool = { "aws:x" = "true" } } }`},
		{"empty, with colons", `{ "Effect" : "Allow", "Condition" : { } }`, `{ "Effect" : "Allow", "Condition" : { "Bool" : { "aws:x" : "true" } } }`},
		{"the same condition", `{ Condition = { Bool = { "aws:x" = "false" } } }`, ""},
		{"no statement", `"x"`, ""},
		{"a for expression", `{ for k, v in {} : k => v }`, ""},
		{"a reference", `local.x`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := source.NewFile("main.tf", []byte("locals {\n  s = "+tt.before+"\n}\n"))
			edits, err := AddCondition(at(t, parsed(t, f), "locals", 0, "s"), "Bool", "aws:x", "true")
			if tt.after == "" {
				if err == nil {
					t.Fatalf("made %v", edits)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := source.Apply(f, edits)
			if want := "locals {\n  s = " + tt.after + "\n}\n"; err != nil || string(got) != want {
				t.Errorf("%s, %v; want %s", got, err, want)
			}
		})
	}
}

func TestAddConditionToBlock(t *testing.T) {
	f := source.NewFile("main.tf", []byte("data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"*\"]\n  }\n}\n"))
	block := at(t, parsed(t, f), "data", 0, "statement", 0)
	statement := &value.Value{Kind: value.Object, Span: block.Span, Syntax: value.SyntaxBlock}
	edits, err := AddCondition(statement, "StringEquals", "aws:username", "${aws:userid}", "b")
	if err != nil {
		t.Fatal(err)
	}
	got, err := source.Apply(f, edits)
	if err != nil || !strings.Contains(string(got), "    actions = [\"*\"]\n\n    condition {\n      test     = \"StringEquals\"\n      variable = \"aws:username\"\n      values   = [\"&{aws:userid}\", \"b\"]\n    }\n  }\n") {
		t.Errorf("%v\n%s", err, got)
	}
}

// What cannot be edited safely is refused.
func TestRefusals(t *testing.T) {
	f := source.NewFile("main.tf", []byte(`locals {
  ref   = local.x
  list  = [for x in y : x]
  cond  = a ? {} : {}
  index = [{ a = 1 }][0]
  twice = { a = 1, a = 2 }
  str   = "a${x}"
  text  = "{\"a\": ${x}, %{if y}\"b\": 1%{endif}}"
  doc   = [<<EOT
x
EOT
  ]
}
`))
	tree := parsed(t, f)
	local := func(name string) *value.Value {
		v := *at(t, tree, "locals", 0, name)
		return &v
	}
	mapping := func(name string) *value.Value {
		v := local(name)
		v.Kind = value.Object
		return v
	}
	tfjson := source.NewFile("a.tf.json", []byte(`{"locals": {"p": "${jsonencode({a = 1})}"}}`))
	for name, op := range map[string]func() ([]source.Edit, error){
		"reference":             func() ([]source.Edit, error) { return SetMember(mapping("ref"), "b", Bool(true)) },
		"list for object":       func() ([]source.Edit, error) { return SetMember(mapping("doc"), "b", Bool(true)) },
		"for expression":        func() ([]source.Edit, error) { return AppendElement(local("list"), Bool(true)) },
		"conditional":           func() ([]source.Edit, error) { return SetMember(mapping("cond"), "b", Bool(true)) },
		"index":                 func() ([]source.Edit, error) { return SetMember(mapping("index"), "b", Bool(true)) },
		"duplicate":             func() ([]source.Edit, error) { return SetMember(local("twice"), "a", Bool(true)) },
		"there already":         func() ([]source.Edit, error) { return InsertMember(local("twice"), "a", Bool(true)) },
		"interpolation":         func() ([]source.Edit, error) { return ReplaceString(local("str"), "b") },
		"heredoc at the end":    func() ([]source.Edit, error) { return AppendElement(local("doc"), Bool(true)) },
		"nil":                   func() ([]source.Edit, error) { return SetMember(nil, "a", Bool(true)) },
		"computed":              func() ([]source.Edit, error) { return SetMember(value.ObjectOf(nil), "a", Bool(true)) },
		"bad expression":        func() ([]source.Edit, error) { return SetMember(mapping("twice"), "c", Raw("a b")) },
		"expression of lines":   func() ([]source.Edit, error) { return SetMember(mapping("twice"), "c", Raw("[\n]")) },
		"nothing to remove":     func() ([]source.Edit, error) { return RemoveMember(mapping("twice"), "x") },
		"no element":            func() ([]source.Edit, error) { return RemoveElement(local("doc"), 1) },
		"nowhere":               func() ([]source.Edit, error) { return SetAttribute(source.Span{}, "a", Bool(true)) },
		"JSON file for a block": func() ([]source.Edit, error) { return AppendToFile(tfjson, "locals {}") },
		"expression in a JSON string": func() ([]source.Edit, error) {
			return SetMember(&value.Value{Kind: value.Object, Span: source.Span{File: tfjson, Start: 31, End: 38}, Syntax: value.SyntaxHCL}, "b", Bool(true))
		},
		"directive among members": func() ([]source.Edit, error) {
			v := local("text")
			v.Kind, v.Syntax, v.Span.Start, v.Span.End = value.Object, value.SyntaxQuotedJSON, v.Span.Start+1, v.Span.End-1
			return SetMember(v, "c", Bool(true))
		},
	} {
		if edits, err := op(); err == nil {
			t.Errorf("%s: made %v", name, edits)
		}
	}
}
