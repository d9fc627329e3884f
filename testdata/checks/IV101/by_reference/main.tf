# A key of an IAM user: what decides is the user's name.
resource "aws_iam_user" "ci" {
  name = "ci"
  path = "/root/"
}

resource "aws_iam_user" "root" {
  name = "root"
}

data "aws_iam_user" "root" {
  user_name = "root"
}

data "aws_iam_user" "backup" {
  user_name = "root-backup"
}

resource "aws_iam_access_key" "path_only" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "declared" {
  user = aws_iam_user.root.name # want IV101/high "aws_iam_access_key.declared"
}

resource "aws_iam_access_key" "declared_by_arn" {
  user = aws_iam_user.root.arn # want IV101/high "aws_iam_access_key.declared_by_arn"
}

resource "aws_iam_access_key" "read" {
  user = data.aws_iam_user.root.user_name # want IV101 "aws_iam_access_key.read"
}

resource "aws_iam_access_key" "read_other" {
  user = data.aws_iam_user.backup.user_name
}
