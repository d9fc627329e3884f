# What a fix adds goes to the account of what it stands beside.
provider "aws" {
  alias = "other"
}

resource "aws_iam_user" "person" {
  provider = aws.other
  name     = "person"
}

resource "aws_iam_user_policy_attachment" "person" {
  provider   = aws.other
  user       = aws_iam_user.person.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_login_profile" "person" { # want IV304/high "aws_iam_user.person"
  provider = aws.other
  user     = aws_iam_user.person.name
}

resource "aws_iam_user" "people" {
  provider = aws.other
  for_each = toset(["ann", "bob"])
  name     = each.key
}

resource "aws_iam_user_policy_attachment" "people" {
  provider   = aws.other
  for_each   = aws_iam_user.people
  user       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_login_profile" "people" { # want IV304/high "aws_iam_user.people"
  provider = aws.other
  for_each = aws_iam_user.people
  user     = each.value.name
}
