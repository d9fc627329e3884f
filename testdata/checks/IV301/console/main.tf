# People who are given a password and a key at once: the keys are set Inactive.
resource "aws_iam_user" "this" {
  for_each = toset(["alice", "bob"])
  name     = each.key
}

resource "aws_iam_user_login_profile" "this" {
  for_each = aws_iam_user.this
  user     = each.value.name
}

resource "aws_iam_access_key" "this" {
  for_each = aws_iam_user.this
  user     = each.value.name # want IV301/high "\"alice\"" want IV301/high "\"bob\""
}

resource "aws_iam_user" "carol" {
  name = "carol"
}

resource "aws_iam_user_login_profile" "carol" {
  user = aws_iam_user.carol.name
}

resource "aws_iam_access_key" "carol" {
  user = aws_iam_user.carol.name # want IV301/high "carol"
}

output "carol_secret" {
  value     = aws_iam_access_key.carol.secret
  sensitive = true
}

resource "aws_iam_user" "dave" {
  name = "dave"
}

resource "aws_iam_user_login_profile" "dave" {
  user = aws_iam_user.dave.name
}

resource "aws_iam_access_key" "dave" {
  user   = aws_iam_user.dave.name # want IV301/low "dave"
  status = "Inactive"
}
