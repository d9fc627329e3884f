# Users who get what they may do from a group, in every form of membership and
# attachment.
locals {
  people = toset(["alice", "bob", "carla", "dora", "emil"])
}

resource "aws_iam_user" "this" {
  for_each = local.people

  name = each.key
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high `this\["alice"\]` want IV304/high `this\["bob"\]` want IV304/high `this\["carla"\]` want IV304/high `this\["dora"\]` want IV304/high `this\["emil"\]`
  for_each = local.people

  user = aws_iam_user.this[each.key].name
}

resource "aws_iam_group" "attached" {
  name = "attached"
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.this["alice"].name
  groups = [aws_iam_group.attached.name]
}

resource "aws_iam_group_policy_attachment" "attached" {
  group      = aws_iam_group.attached.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

# Members of a group from the group's side, by name in another case.
resource "aws_iam_group" "inline" {
  name = "Inline"
}

resource "aws_iam_group_membership" "inline" {
  name  = "inline"
  group = "inline"
  users = ["BOB"]
}

resource "aws_iam_group_policy" "inline" {
  name  = "buckets"
  group = aws_iam_group.inline.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

data "aws_partition" "current" {}

data "aws_iam_policy" "support" {
  name = "SystemAdministrator"
}

resource "aws_iam_group" "many" {
  name = "many"
}

resource "aws_iam_policy_attachment" "many" {
  name       = "many"
  groups     = [aws_iam_group.many.name]
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonS3FullAccess"
}

resource "aws_iam_group_membership" "many" {
  name  = "many"
  group = aws_iam_group.many.name
  users = [for name in ["carla"] : aws_iam_user.this[name].name]
}

resource "aws_iam_user_policy_attachments_exclusive" "dora" {
  user_name   = aws_iam_user.this["dora"].name
  policy_arns = [data.aws_iam_policy.support.arn]
}

resource "aws_iam_group" "exclusive" {
  name = "exclusive"
}

resource "aws_iam_group_policy_attachments_exclusive" "exclusive" {
  group_name  = aws_iam_group.exclusive.name
  policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

resource "aws_iam_user_group_membership" "emil" {
  user   = aws_iam_user.this["emil"].name
  groups = ["exclusive"]
}
