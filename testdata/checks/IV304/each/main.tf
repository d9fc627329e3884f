# Users, their passwords and their groups, made with for_each; a program among them.
locals {
  people = toset(["alice", "bob"])
}

resource "aws_iam_user" "this" {
  for_each = setunion(local.people, ["build"])
  name     = each.key
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high "\"alice\".*nothing requires MFA" want IV304/high "\"bob\".*nothing requires MFA"
  for_each = local.people
  user     = aws_iam_user.this[each.key].name
}

resource "aws_iam_user_policy_attachment" "admin" {
  for_each   = aws_iam_user.this
  user       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
