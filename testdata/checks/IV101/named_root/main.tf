# An IAM user named root is not the root user: people take it for root.
resource "aws_iam_user" "root" {
  name = "root"
}

resource "aws_iam_access_key" "active" {
  user = aws_iam_user.root.name # want IV101/high "an IAM user named root, .*takes it for root"
}

resource "aws_iam_access_key" "inactive" {
  user   = aws_iam_user.root.name # want IV101/low "inactive access key of an IAM user named root"
  status = "Inactive"
}
