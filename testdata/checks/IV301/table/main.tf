# Users from a table: only one row asks for both, and one for a password too.
locals {
  users = { for u in csvdecode(file("${path.module}/users.csv")) : u.name => u }
}

resource "aws_iam_user" "this" {
  for_each = local.users

  name = each.key
}

resource "aws_iam_user_login_profile" "this" {
  for_each = { for name, u in local.users : name => u if u.console == "yes" }

  user = aws_iam_user.this[each.key].name
}

resource "aws_iam_access_key" "this" {
  for_each = { for name, u in local.users : name => u if u.key == "yes" }

  user = aws_iam_user.this[each.key].name # want IV301/medium `aws_iam_access_key.this\["ci"\]` want IV301/high `aws_iam_access_key.this\["carla"\]`
}
