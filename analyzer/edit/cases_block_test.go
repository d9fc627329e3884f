package edit

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

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
