resource "aws_iam_access_key" "this" {
  user = "root" # want IV101/critical "module.legacy"
}

resource "aws_iam_group" "g" {
  name = "g"
}
