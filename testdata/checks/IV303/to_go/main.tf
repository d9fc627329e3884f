# Keys that other rules want gone; no advice on how to rotate them.
resource "aws_iam_access_key" "root" {
  user = "root" # want IV101 "aws_iam_access_key.root"
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name # want IV301 "aws_iam_access_key.ci"
}
