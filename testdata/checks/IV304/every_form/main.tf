# Every form in which a user gets into a group, and a user or group gets a policy:
# here each brings one that requires MFA, so that there is nothing to say. The cases
# groups and not_enforced have the forms with policies that do not.
locals {
  require_mfa = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })

  people = { for person in csvdecode(file("${path.module}/people.csv")) : person.name => person }
}

resource "aws_iam_user" "this" {
  for_each = local.people

  name                 = each.key
  permissions_boundary = each.value.boundary == "yes" ? aws_iam_policy.require_mfa.arn : null
}

resource "aws_iam_user_login_profile" "this" {
  for_each = local.people

  user = each.key
}

resource "aws_iam_policy" "require_mfa" {
  name   = "RequireMFA"
  policy = local.require_mfa
}

# An aws_iam_policy_attachment is all that there is of its policy.
resource "aws_iam_policy" "alone" {
  for_each = toset(["users", "groups"])

  name   = "Require-${each.key}"
  policy = local.require_mfa
}

# Policies of users.
resource "aws_iam_user_policy" "inline" {
  name   = "require-mfa"
  user   = "INLINE"
  policy = local.require_mfa
}

resource "aws_iam_user_policies_exclusive" "inline" {
  user_name    = aws_iam_user.this["inline"].name
  policy_names = ["require-mfa"]
}

resource "aws_iam_user_policy_attachment" "attached" {
  user       = aws_iam_user.this["attached"].name
  policy_arn = aws_iam_policy.require_mfa.arn
}

resource "aws_iam_policy_attachment" "users" {
  name       = "users"
  users      = ["Attached-For-All", aws_iam_user.this["boundary"].id]
  policy_arn = aws_iam_policy.alone["users"].arn
}

resource "aws_iam_user_policy_attachments_exclusive" "exclusive" {
  user_name   = aws_iam_user.this["exclusive"].name
  policy_arns = ["arn:aws:iam::111122223333:policy/requiremfa"]
}

# Groups, and their policies.
resource "aws_iam_group" "inline" {
  name = "inline"
}

resource "aws_iam_group_policy" "inline" {
  name   = "require-mfa"
  group  = aws_iam_group.inline.name
  policy = local.require_mfa
}

resource "aws_iam_group_policies_exclusive" "inline" {
  group_name   = "Inline"
  policy_names = [aws_iam_group_policy.inline.name]
}

resource "aws_iam_group_membership" "inline" {
  name  = "inline"
  group = aws_iam_group.inline.name
  users = ["member-inline"]
}

resource "aws_iam_group" "attached" {
  name = "attached"
}

resource "aws_iam_group_policy_attachment" "attached" {
  group      = "ATTACHED"
  policy_arn = aws_iam_policy.require_mfa.arn
}

resource "aws_iam_user_group_membership" "attached" {
  user   = aws_iam_user.this["member-attached"].name
  groups = [aws_iam_group.attached.id]
}

resource "aws_iam_group" "exclusive" {
  name = "exclusive"
}

resource "aws_iam_group_policy_attachments_exclusive" "exclusive" {
  group_name  = aws_iam_group.exclusive.name
  policy_arns = [aws_iam_policy.require_mfa.arn]
}

resource "aws_iam_user_group_membership" "exclusive" {
  for_each = toset(["member-exclusive"])

  user   = each.value
  groups = ["EXCLUSIVE"]
}

resource "aws_iam_group" "all" {
  name = "all"
}

resource "aws_iam_policy_attachment" "groups" {
  name       = "groups"
  groups     = [aws_iam_group.all.name]
  policy_arn = aws_iam_policy.alone["groups"].arn
}

resource "aws_iam_group_membership" "all" {
  name  = "all"
  group = "all"
  users = [for name in ["member-all"] : aws_iam_user.this[name].name]
}
