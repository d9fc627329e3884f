# Users from a table; only one of the groups requires MFA.
locals {
  users = { for u in csvdecode(file("${path.module}/users.csv")) : u.name => u }
}

resource "aws_iam_user" "this" {
  for_each = local.users

  name = each.key
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high `aws_iam_user_login_profile.this\["bob"\]`
  for_each = { for name, u in local.users : name => u if u.console == "yes" }

  user = aws_iam_user.this[each.key].name
}

resource "aws_iam_group" "this" {
  for_each = toset([for u in local.users : u.group])

  name = each.value
}

resource "aws_iam_user_group_membership" "this" {
  for_each = local.users

  user   = aws_iam_user.this[each.key].name
  groups = [aws_iam_group.this[each.value.group].name]
}

resource "aws_iam_group_policy_attachment" "power" {
  for_each = aws_iam_group.this

  group      = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

data "aws_iam_policy_document" "mfa" {
  statement {
    effect      = "Deny"
    not_actions = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]
    resources   = ["*"]

    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_group_policy" "mfa" {
  name   = "mfa"
  group  = aws_iam_group.this["people"].name
  policy = data.aws_iam_policy_document.mfa.json
}
