# A key for the user it is given.
variable "user" {
  type = string
}

resource "aws_iam_access_key" "this" {
  user = var.user # want IV101/critical "module.first.aws_iam_access_key.this"
}
