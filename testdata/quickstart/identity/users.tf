locals {
  users = { for u in csvdecode(file("${path.module}/users.csv")) : u.name => u }

  people   = { for name, u in local.users : name => u if u.console == "yes" }
  machines = { for name, u in local.users : name => u if u.key == "yes" }
}

resource "aws_iam_user" "this" {
  for_each = local.users

  name          = each.key
  path          = each.value.path
  force_destroy = true
}

resource "aws_iam_user_login_profile" "person" {
  for_each = local.people

  user                    = aws_iam_user.this[each.key].name
  password_reset_required = true

  lifecycle {
    ignore_changes = [password_length, password_reset_required]
  }
}

resource "aws_iam_user_group_membership" "person" {
  for_each = local.people

  user   = aws_iam_user.this[each.key].name
  groups = [aws_iam_group.people.name]
}

resource "aws_iam_access_key" "machine" {
  for_each = local.machines

  user = aws_iam_user.this[each.key].name
}

resource "aws_iam_user_policy" "machine" {
  for_each = local.machines

  name = "releases"
  user = aws_iam_user.this[each.key].name

  policy = templatefile("${path.module}/releases.json.tftpl", {
    partition = data.aws_partition.current.partition
    bucket    = "example-releases"
  })
}
