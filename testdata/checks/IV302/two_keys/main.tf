# More than one active key for a user, however they are written.
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "first" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "second" {
  user   = "CI"
  status = "Active" # want IV302/medium "aws_iam_access_key.second"
}

resource "aws_iam_user" "counted" {
  name = "counted"
}

resource "aws_iam_access_key" "counted" { # want IV302/medium `aws_iam_access_key.counted\[1\]`
  count = 2

  user = aws_iam_user.counted.name
}

# One active, one inactive: a rotation that is over.
resource "aws_iam_user" "rotated" {
  name = "rotated"
}

resource "aws_iam_access_key" "rotated" {
  for_each = { old = "Inactive", new = "Active" }

  user   = aws_iam_user.rotated.name
  status = each.value
}

resource "aws_iam_user" "one" {
  for_each = toset(["alice", "bob"])

  name = each.key
}

resource "aws_iam_access_key" "one_each" {
  for_each = aws_iam_user.one

  user = each.value.name
}
