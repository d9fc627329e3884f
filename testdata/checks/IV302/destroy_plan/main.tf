# What a plan deletes is gone, with the configuration beside it too.
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "first" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "second" {
  user = aws_iam_user.ci.name
}
