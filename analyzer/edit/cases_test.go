package edit

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

var objectTests = []editTest{
	{
		name: "a shorter key joins the alignment",
		before: `locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
  })
}
`,
		after: `locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
    Id        = "x"
  })
}
`,
		op: on(setMember("Id", String("x")), "locals", 0, "policy", "json"),
	},
	{
		name: "a longer key moves its group and no other",
		before: `resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17" # always

    Statement = [{
      Sid    = "é😀" # the users
      Effect = "Allow"
      Action = "sts:AssumeRole"
      /* who */
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Resource  = "*"
    }]
  })
}
`,
		after: `resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17" # always

    Statement = [{
      Sid    = "é😀" # the users
      Effect = "Allow"
      Action = "sts:AssumeRole"
      /* who */
      Principal               = { AWS = "arn:aws:iam::111122223333:root" }
      Resource                = "*"
      "sts:RoleSessionNameXX" = ["$${aws:username}"]
    }]
  })
}
`,
		op: on(setMember("sts:RoleSessionNameXX", Strings("${aws:username}")), "resource", 0, "assume_role_policy", "json", "Statement", 0),
	},
	{
		name: "a nested object takes lines",
		before: `locals {
  s = {
    Effect = "Allow"
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Condition = {
      Bool = {
        "aws:MultiFactorAuthPresent" = "true"
      }
    }
  }
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "s"),
	},
	{
		name: "members of what is written are aligned",
		before: `locals {
  s = {
    Effect = "Allow"
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Condition = {
      StringEquals = {
        "aws:PrincipalOrgID" = "o-1"
        "aws:username"       = "$${aws:username}"
      }
      Bool = true
      Null = null
    }
  }
}
`,
		op: on(setMember("Condition", Object(
			Member{"StringEquals", Object(Member{"aws:PrincipalOrgID", String("o-1")}, Member{"aws:username", String("${aws:username}")})},
			Member{"Bool", Bool(true)}, Member{"Null", Node{}},
		)), "locals", 0, "s"),
	},
	{
		name: "one line",
		before: `locals {
  p = jsonencode({ Statement = [{ Effect = "Allow", Action = "*" }] })
}
`,
		after: `locals {
  p = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }] })
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "p", "json", "Statement", 0),
	},
	{
		name: "quoted keys, colons and commas",
		before: `locals {
  p = jsonencode({
    "Version" : "2012-10-17",
    "Statement" : [
      {
        "Effect" : "Allow",
        "Action" : "*" # all
      }
    ]
  })
}
`,
		after: `locals {
  p = jsonencode({
    "Version" : "2012-10-17",
    "Statement" : [
      {
        "Effect" : "Allow",
        "Action" : "*", # all
        "Condition" : {
          "Bool" : {
            "aws:MultiFactorAuthPresent" : "true"
          }
        }
      }
    ]
  })
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "p", "json", "Statement", 0),
	},
	{
		name: "trailing commas",
		before: `locals {
  s = {
    Effect = "Allow",
    Action = ["*"], // all
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow",
    Action = ["*"], // all
    Condition = {
      Bool = {
        "aws:MultiFactorAuthPresent" = "true",
      },
    },
  }
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "s"),
	},
	{
		name:   "tabs, and no alignment where there was none",
		before: "locals {\n\ts = {\n\t\tEffect = \"Allow\"\n\t\tResource = \"*\"\n\t}\n}\n",
		after:  "locals {\n\ts = {\n\t\tEffect = \"Allow\"\n\t\tResource = \"*\"\n\t\tSid = \"x\"\n\t}\n}\n",
		op:     on(setMember("Sid", String("x")), "locals", 0, "s"),
	},
	{
		name:   "four spaces, aligned",
		before: "locals {\n    s = {\n        Effect   = \"Allow\"\n        Resource = \"*\"\n    }\n}\n",
		after:  "locals {\n    s = {\n        Effect   = \"Allow\"\n        Resource = \"*\"\n        Condition = {\n            Bool = {\n                \"aws:MultiFactorAuthPresent\" = \"true\"\n            }\n        }\n    }\n}\n",
		op:     on(setMember("Condition", mfa), "locals", 0, "s"),
	},
	{
		name: "a value is replaced, its group realigned",
		before: `locals {
  s = {
    Effect    = "Allow"
    Principal = "*"
    Action    = "*"
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Principal = {
      AWS = "arn:aws:iam::111122223333:root"
    }
    Action = "*"
  }
}
`,
		op: on(setMember("Principal", Object(Member{"AWS", String("arn:aws:iam::111122223333:root")})), "locals", 0, "s"),
	},
	{
		name: "an empty object",
		before: `locals {
  s = {
    Effect    = "Allow"
    Condition = {}
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Condition = {
      Bool = {
        "aws:MultiFactorAuthPresent" = "true"
      }
    }
  }
}
`,
		op: on(setMember("Bool", Object(Member{"aws:MultiFactorAuthPresent", String("true")})), "locals", 0, "s", "Condition"),
	},
	{
		name: "an object of comments",
		before: `locals {
  s = {
    # nothing yet
  }
}
`,
		after: `locals {
  s = {
    # nothing yet
    A = 1
  }
}
`,
		op: on(setMember("A", Number("1")), "locals", 0, "s"),
	},
	{
		name: "the last argument of merge",
		before: `locals {
  s = merge(local.base, {
    Effect = "Allow"
    }, {
    Action = "*"
  })
}
`,
		after: `locals {
  s = merge(local.base, {
    Effect = "Allow"
    }, {
    Action = "*"
    Sid    = "x"
  })
}
`,
		op: on(setMember("Sid", String("x")), "locals", 0, "s"),
	},
	{
		name: "behind a heredoc",
		before: `locals {
  s = {
    Text = <<-EOT
      a = {
    EOT
  }
}
`,
		after: `locals {
  s = {
    Text = <<-EOT
      a = {
    EOT
    B    = 1
  }
}
`,
		op: on(setMember("B", Number("1")), "locals", 0, "s"),
	},
	{
		name: "the bracket on the line of the last member",
		before: `locals {
  s = { Effect = "Allow",
  Action = "*" }
}
`,
		after: `locals {
  s = { Effect = "Allow",
    Action = "*",
  Sid = "x" }
}
`,
		op: on(setMember("Sid", String("x")), "locals", 0, "s"),
	},
	{
		name: "list on one line",
		before: `locals {
  l = ["a", "b"]
}
`,
		after: `locals {
  l = ["a", "b", "c"]
}
`,
		op: on(appendElement(String("c")), "locals", 0, "l"),
	},
	{
		name: "list on lines",
		before: `locals {
  l = [
    "a", # first
    "b"  # second
  ]
}
`,
		after: `locals {
  l = [
    "a", # first
    "b", # second
    "c"
  ]
}
`,
		op: on(appendElement(String("c")), "locals", 0, "l"),
	},
	{
		name: "list with a trailing comma and comments",
		before: `locals {
  l = [
    "a",
    "b", # second
    # "c",
  ]
}
`,
		after: `locals {
  l = [
    "a",
    "b", # second
    "d",
    # "c",
  ]
}
`,
		op: on(appendElement(String("d")), "locals", 0, "l"),
	},
	{
		name: "empty list",
		before: `locals {
  l = []
}
`,
		after: `locals {
  l = [aws_iam_role.r.arn]
}
`,
		op: on(appendElement(Raw("aws_iam_role.r.arn")), "locals", 0, "l"),
	},
	{
		name: "a statement behind another one",
		before: `locals {
  p = {
    Statement = [{
      "Effect" : "Allow"
      "Action" : "*"
    }]
  }
}
`,
		after: `locals {
  p = {
    Statement = [{
      "Effect" : "Allow"
      "Action" : "*"
      }, {
      "Effect" : "Deny"
      "Action" : ["iam:*"]
    }]
  }
}
`,
		op: on(appendElement(Object(Member{"Effect", String("Deny")}, Member{"Action", Strings("iam:*")})), "locals", 0, "p", "Statement"),
	},
	{
		name: "a statement like its neighbour, on one line",
		before: `locals {
  p = [
    { Effect = "Allow", Action = "*" },
  ]
}
`,
		after: `locals {
  p = [
    { Effect = "Allow", Action = "*" },
    { Effect = "Deny", Action = ["iam:*"] },
  ]
}
`,
		op: on(appendElement(Object(Member{"Effect", String("Deny")}, Member{"Action", Strings("iam:*")})), "locals", 0, "p"),
	},
	{
		name: "a string becomes a list",
		before: `locals {
  s = { Action = "iam:Get*" }
}
`,
		after: `locals {
  s = { Action = ["iam:Get*", "iam:List*"] }
}
`,
		op: on(appendElement(String("iam:List*")), "locals", 0, "s", "Action"),
	},
}

var jsonTests = []editTest{
	{
		name: "heredoc with indentation",
		before: `resource "aws_iam_policy" "p" {
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Resource": "${aws_s3_bucket.b["x"].arn}/*",
          "Action": [
            "s3:*"
          ]
        }
      ]
    }
  EOT
}
`,
		after: `resource "aws_iam_policy" "p" {
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Resource": "${aws_s3_bucket.b["x"].arn}/*",
          "Action": [
            "s3:*"
          ],
          "Condition": {
            "StringEquals": {
              "sts:RoleSessionName": [
                "$${aws:username}"
              ]
            }
          }
        }
      ]
    }
  EOT
}
`,
		op: on(setMember("Condition", Object(Member{"StringEquals", Object(Member{"sts:RoleSessionName", Strings("${aws:username}")})})),
			"resource", 0, "policy", "json", "Statement", 0),
	},
	{
		name: "quoted string",
		before: `locals {
  p = "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"${local.x["a"]}\"}]}"
}
`,
		after: `locals {
  p = "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"${local.x["a"]}\",\"Sid\":\"$${aws:username}\"}]}"
}
`,
		op: on(setMember("Sid", String("${aws:username}")), "locals", 0, "p", "json", "Statement", 0),
	},
	{
		name: "quoted string with lines",
		before: `locals {
  p = "{\n  \"a\": 1\n}"
}
`,
		after: `locals {
  p = "{\n  \"a\": 1,\n  \"b\": \"x\\\"y\"\n}"
}
`,
		op: on(setMember("b", String(`x"y`)), "locals", 0, "p", "json"),
	},
	{
		name: "JSON file", file: "p.json", syntax: value.SyntaxJSON,
		before: `{
    "Statement": [
        {"Effect": "Allow", "Action": "*"}
    ]
}
`,
		after: `{
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Condition": {"StringLike": {"aws:username": "${aws:username}"}}}
    ]
}
`,
		op: on(setMember("Condition", Object(Member{"StringLike", Object(Member{"aws:username", String("${aws:username}")})})), "Statement", 0),
	},
	{
		name: "minified JSON file", file: "p.json", syntax: value.SyntaxJSON,
		before: `{"Statement":[{"Effect":"Allow","Condition":{}}]}
`,
		after: `{"Statement":[{"Effect":"Allow","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}
`,
		op: on(setMember("Bool", Object(Member{"aws:MultiFactorAuthPresent", String("true")})), "Statement", 0, "Condition"),
	},
	{
		name: "JSON list", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\n\t\"Action\": [\n\t\t\"a\"\n\t]\n}",
		after:  "{\n\t\"Action\": [\n\t\t\"a\",\n\t\t\"b\"\n\t]\n}",
		op:     on(appendElement(String("b")), "Action"),
	},
	{
		name: "JSON statement", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\n  \"Statement\": {\n    \"Effect\": \"Allow\"\n  }\n}",
		after:  "{\n  \"Statement\": [{\n    \"Effect\": \"Allow\"\n  }, {\n    \"Effect\": \"Deny\"\n  }]\n}",
		op:     on(appendElement(Object(Member{"Effect", String("Deny")})), "Statement"),
	},
	{
		name: "Terraform JSON", file: "main.tf.json", syntax: value.SyntaxTFJSON,
		before: `{
  "resource": {
    "aws_iam_access_key": {
      "k": {
        "user": "${aws_iam_user.u.name}"
      }
    }
  }
}
`,
		after: `{
  "resource": {
    "aws_iam_access_key": {
      "k": {
        "user": "${aws_iam_user.u.name}",
        "status": "Inactive"
      }
    }
  }
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", "aws_iam_access_key", "k"),
	},
	{
		name: "a block in Terraform JSON", file: "main.tf.json", syntax: value.SyntaxTFJSON,
		before: `{
  "data": {
    "aws_iam_policy_document": {
      "d": {
        "statement": [
          {
            "actions": ["*"],
            "condition": {
              "test": "Null",
              "variable": "aws:x",
              "values": ["&{aws:username}"]
            }
          }
        ]
      }
    }
  }
}
`,
		after: `{
  "data": {
    "aws_iam_policy_document": {
      "d": {
        "statement": [
          {
            "actions": ["*"],
            "condition": [{
              "test": "Null",
              "variable": "aws:x",
              "values": ["&{aws:username}"]
            }, {
              "test": "StringEquals",
              "variable": "sts:RoleSessionName",
              "values": ["&{aws:username}"]
            }]
          }
        ]
      }
    }
  }
}
`,
		op: on(insertBlock("condition", Block(Member{"test", String("StringEquals")}, Member{"variable", String("sts:RoleSessionName")}, Member{"values", Strings("${aws:username}")})),
			"data", "aws_iam_policy_document", "d", "statement", 0),
	},
	{
		name: "an expression in Terraform JSON", file: "main.tf.json", syntax: value.SyntaxTFJSON,
		before: `{"resource": {"aws_iam_role": {"r": {"name": "r"}}}}`,
		after:  `{"resource": {"aws_iam_role": {"r": {"name": "r", "permissions_boundary": "${aws_iam_policy.p.arn}", "path": "/$${x}/"}}}}`,
		op: func(t testing.TB, v *value.Value) ([]source.Edit, error) {
			r := at(t, v, "resource", "aws_iam_role", "r")
			a, err := SetMember(r, "permissions_boundary", Raw("aws_iam_policy.p.arn"))
			if err != nil {
				return nil, err
			}
			b, err := SetMember(r, "path", String("/${x}/"))
			return append(a, b...), err
		},
	},
}

var blockTests = []editTest{
	{
		name: "a condition in a statement",
		before: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }
}
`,
		op: on(insertBlock("condition", Block(Member{"test", String("StringEquals")}, Member{"variable", String("sts:RoleSessionName")}, Member{"values", Strings("${aws:username}")})),
			"data", 0, "statement", 0),
	},
	{
		name: "blocks without blank lines",
		before: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Null"
      variable = "aws:x"
      values   = ["true"]
    } # that one
    resources = ["*"]
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Null"
      variable = "aws:x"
      values   = ["true"]
    } # that one
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
    resources = ["*"]
  }
}
`,
		op: on(insertBlock("condition", mfaBlock), "data", 0, "statement", 0),
	},
	{
		name: "a statement on one line",
		before: `data "aws_iam_policy_document" "d" {
  statement { actions = ["*"] }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    actions = ["*"]

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}
`,
		op: on(insertBlock("condition", mfaBlock), "data", 0, "statement", 0),
	},
	{
		name: "a dynamic statement",
		before: `data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = local.x
    content {
      actions = [statement.value]
    }
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = local.x
    content {
      actions = [statement.value]

      condition {
        test     = "Bool"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["true"]
      }
    }
  }
}
`,
		op: on(insertBlock("condition", mfaBlock), "data", 0, "dynamic", 0),
	},
	{
		name: "an empty statement",
		before: `data "aws_iam_policy_document" "d" {
  statement {}
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}
`,
		op: on(insertBlock("condition", mfaBlock), "data", 0, "statement", 0),
	},
	{
		name: "a statement with nested blocks",
		before: `data "aws_iam_policy_document" "d" {
  # the only one
  statement {
    actions = ["*"]
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  # the only one
  statement {
    actions = ["*"]
  }

  statement {
    effect  = "Deny"
    actions = ["iam:*"]

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}
`,
		op: on(insertBlock("statement", Block(Member{"effect", String("Deny")}, Member{"actions", Strings("iam:*")}, Member{"condition", mfaBlock})), "data", 0),
	},
	{
		name: "lists as the others are",
		before: `data "aws_iam_policy_document" "d" {
  statement {
    actions = [
      "iam:*",
      "sts:*"
    ]
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    actions = [
      "iam:*",
      "sts:*"
    ]
    resources = [
      "a",
      "b"
    ]
  }
}
`,
		op: on(setAttribute("resources", Strings("a", "b")), "data", 0, "statement", 0),
	},
	{
		name: "a long list",
		before: `data "aws_iam_policy_document" "d" {
  statement {
    effect = "Allow"
  }
}
`,
		after: `data "aws_iam_policy_document" "d" {
  statement {
    effect = "Allow"
    resources = [
      "arn:aws:iam::111122223333:role/a-rather-long-name-for-a-role",
      "arn:aws:iam::111122223333:role/another-rather-long-name-for-a-role",
    ]
  }
}
`,
		op: on(setAttribute("resources", Strings("arn:aws:iam::111122223333:role/a-rather-long-name-for-a-role", "arn:aws:iam::111122223333:role/another-rather-long-name-for-a-role")), "data", 0, "statement", 0),
	},
	{
		name: "an attribute longer than its group",
		before: `resource "aws_iam_access_key" "k" {
  count = 2

  user    = "u" # é
  pgp_key = "k"

  lifecycle {
    prevent_destroy = true
  }
}
`,
		after: `resource "aws_iam_access_key" "k" {
  count = 2

  user                  = "u" # é
  pgp_key               = "k"
  a_very_long_attribute = "x"

  lifecycle {
    prevent_destroy = true
  }
}
`,
		op: on(setAttribute("a_very_long_attribute", String("x")), "resource", 0),
	},
	{
		name: "an attribute replaced",
		before: `resource "aws_iam_access_key" "k" {
  user   = "u"
  status = "Active" # on
}
`,
		after: `resource "aws_iam_access_key" "k" {
  user   = "u"
  status = "Inactive" # on
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", 0),
	},
	{
		name: "an attribute on one line",
		before: `resource "aws_iam_access_key" "k" { user = "u" }
`,
		after: `resource "aws_iam_access_key" "k" {
  user   = "u"
  status = "Inactive"
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", 0),
	},
	{
		name: "an attribute behind meta-arguments",
		before: `resource "aws_iam_access_key" "k" {
  count      = 2
  depends_on = [x.y]
}
`,
		after: `resource "aws_iam_access_key" "k" {
  count = 2

  status = "Inactive"

  depends_on = [x.y]
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", 0),
	},
	{
		name: "an attribute in front of blocks",
		before: `resource "aws_iam_access_key" "k" {
  lifecycle {}
}
`,
		after: `resource "aws_iam_access_key" "k" {
  status = "Inactive"

  lifecycle {}
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", 0),
	},
	{
		name: "aligned comments move along",
		before: `resource "aws_iam_access_key" "k" {
  user = "u" # who
  x    = 1   # what
}
`,
		after: `resource "aws_iam_access_key" "k" {
  user   = "u" # who
  x      = 1   # what
  status = "Inactive"
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", 0),
	},
	{
		name: "a block at the end of a file without a newline",
		before: `locals {
  a = 1
}`,
		after: `locals {
  a = 1
}

locals {
  b = 2
}
`,
		op: func(t testing.TB, v *value.Value) ([]source.Edit, error) {
			return AppendToFile(v.Span.File, "locals {\n  b = 2\n}\n")
		},
	},
	{
		name: "a block behind another",
		before: `locals {
  a = 1
} # one
locals {
  c = 1
}
`,
		after: `locals {
  a = 1
} # one

locals {
  b = 2
}

locals {
  c = 1
}
`,
		op: on(func(v *value.Value) ([]source.Edit, error) { return InsertAfterBlock(v.Span, "locals {\n  b = 2\n}\n") }, "locals", 0),
	},
}

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
