resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "ci_new" { # want IV302/medium "aws_iam_access_key.ci_new"
  user = aws_iam_user.ci.name
}
