package edit

import (
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

var stringTests = []editTest{
	{
		name: "a bare key",
		before: `locals {
  c = {
    Bool = { x = "y" }
    Null = {}
  }
}
`,
		after: `locals {
  c = {
    BoolIfExists = { x = "y" }
    Null         = {}
  }
}
`,
		op: on(renameMember("Bool", "BoolIfExists"), "locals", 0, "c"),
	},
	{
		name: "a bare key that needs quotes",
		before: `locals {
  c = { StringLike = {} }
}
`,
		after: `locals {
  c = { "ForAnyValue:StringLike" = {} }
}
`,
		op: on(renameMember("StringLike", "ForAnyValue:StringLike"), "locals", 0, "c"),
	},
	{
		name: "a quoted key",
		before: `locals {
  c = { "Bool" : {} }
}
`,
		after: `locals {
  c = { "BoolIfExists" : {} }
}
`,
		op: on(renameMember("Bool", "BoolIfExists"), "locals", 0, "c"),
	},
	{
		name: "a string in a policy document",
		before: `data "aws_iam_policy_document" "d" {
  statement {
    condition {
      test     = "StringLike"
      variable = "aws:username"
      values   = ["&{aws:userid}"]
    }
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    condition {
      test     = "StringLike"
      variable = "aws:username"
      values   = ["&{aws:username}\""]
    }
  }
}
`,
		op: on(replaceString(`${aws:username}"`), "data", 0, "statement", 0, "condition", 0, "values", 0),
	},
	{
		name: "a key in a heredoc",
		before: `locals {
  p = <<EOT
{"Condition": {"Bool": {"é": "$${aws:x}"}}}
EOT
}
`,
		after: `locals {
  p = <<EOT
{"Condition": {"BoolIfExists": {"é": "$${aws:x}"}}}
EOT
}
`,
		op: on(renameMember("Bool", "BoolIfExists"), "locals", 0, "p", "json", "Condition"),
	},
	{
		name: "a string in a heredoc",
		before: `locals {
  p = <<EOT
{"Resource": "user/$${aws:userid}"}
EOT
}
`,
		after: `locals {
  p = <<EOT
{"Resource": "user/$${aws:username}"}
EOT
}
`,
		op: on(replaceString("user/${aws:username}"), "locals", 0, "p", "json", "Resource"),
	},
	{
		name: "a key in a quoted string",
		before: `locals {
  p = "{\"Condition\": {\"Bool\": {}}}"
}
`,
		after: `locals {
  p = "{\"Condition\": {\"a\\\"b\": {}}}"
}
`,
		op: on(renameMember("Bool", `a"b`), "locals", 0, "p", "json", "Condition"),
	},
	{
		name: "JSON file: a key", file: "p.json", syntax: value.SyntaxJSON,
		before: `{"Condition": {"Bool": {}}}`,
		after:  `{"Condition": {"BoolIfExists": {}}}`,
		op:     on(renameMember("Bool", "BoolIfExists"), "Condition"),
	},
}

var removeTests = []editTest{
	{
		name: "the longest member",
		before: `locals {
  c = {
    Effect   = "Allow"
    Resource = "*" # all
    Action   = "*"
  }
}
`,
		after: `locals {
  c = {
    Effect = "Allow"
    Action = "*"
  }
}
`,
		op: on(removeMember("Resource"), "locals", 0, "c"),
	},
	{
		name: "a member on one line",
		before: `locals {
  c = { a = 1, b = 2, c = 3 }
}
`,
		after: `locals {
  c = { a = 1, c = 3 }
}
`,
		op: on(removeMember("b"), "locals", 0, "c"),
	},
	{
		name: "the last member on one line",
		before: `locals {
  c = { a = 1, b = 2 }
}
`,
		after: `locals {
  c = { a = 1 }
}
`,
		op: on(removeMember("b"), "locals", 0, "c"),
	},
	{
		name: "the only element",
		before: `locals {
  c = [
    "a",
  ]
}
`,
		after: `locals {
  c = []
}
`,
		op: on(removeElement(0), "locals", 0, "c"),
	},
	{
		name: "the last element without a comma",
		before: `locals {
  c = [
    "a", # first
    "b"
  ]
}
`,
		after: `locals {
  c = [
    "a" # first
  ]
}
`,
		op: on(removeElement(1), "locals", 0, "c"),
	},
	{
		name: "several elements",
		before: `locals {
  c = [
    "a", # first
    # before b
    "b", "c",
    "d",
    "e"
  ]
}
`,
		after: `locals {
  c = [
    # before b
    "b"
  ]
}
`,
		op: on(func(v *value.Value) ([]source.Edit, error) { return RemoveElement(v, 4, 0, 2, 3) }, "locals", 0, "c"),
	},
	{
		name: "JSON: several elements", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\"s\": [\"a\", \"b\", \"c\", \"d\"]}\n",
		after:  "{\"s\": [\"b\"]}\n",
		op:     on(func(v *value.Value) ([]source.Edit, error) { return RemoveElement(v, 0, 2, 3) }, "s"),
	},
	{
		name: "JSON: the last member", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
		after:  "{\n  \"a\": 1\n}\n",
		op:     on(removeMember("b")),
	},
	{
		name: "JSON: a statement", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\n  \"s\": [{\n    \"a\": 1\n  }, {\n    \"b\": 2\n  }]\n}\n",
		after:  "{\n  \"s\": [{\n    \"b\": 2\n  }]\n}\n",
		op:     on(removeElement(0), "s"),
	},
	{
		name: "a block with its blank line",
		before: `locals {
  a = 1
}

locals {
  b = 1
}

locals {
  c = 1
}
`,
		after: `locals {
  a = 1
}

locals {
  c = 1
}
`,
		op: on(func(v *value.Value) ([]source.Edit, error) { return RemoveBlock(v.Span) }, "locals", 1),
	},
	{
		name: "the last block in a body",
		before: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["*"]

    condition {
      test = "x"
    }
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["*"]
  }
}
`,
		op: on(removeMember("condition"), "data", 0, "statement", 0),
	},
}
