# One block makes the passwords of people in several groups. What is attached to the group
# of the first does not bind the others, and what the first may do the others may not.
locals {
  people = {
    ann = "administrators"
    bob = "readers"
  }
}

resource "aws_iam_user" "people" {
  for_each = local.people

  name = each.key
}

resource "aws_iam_user_login_profile" "people" { # want IV304/high "aws_iam_user_login_profile.people..ann" want IV304/high "aws_iam_user_login_profile.people..bob"
  for_each = local.people

  user = aws_iam_user.people[each.key].name
}

resource "aws_iam_group" "administrators" {
  name = "administrators"
}

resource "aws_iam_group_policy_attachment" "administrators" {
  group      = aws_iam_group.administrators.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

resource "aws_iam_user_group_membership" "people" {
  for_each = local.people

  user   = aws_iam_user.people[each.key].name
  groups = [each.value]
}
