# Who may not enrol a device would be shut out by a policy that only denies: the
# draft allows it.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want IV304/high "allows s3:"
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policy" "alice" {
  name = "s3"
  user = aws_iam_user.alice.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}
