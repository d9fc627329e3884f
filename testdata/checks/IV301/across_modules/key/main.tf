# A key for the user it is given.
variable "user" {
  type = string
}

resource "aws_iam_access_key" "this" {
  user = var.user # want IV301/medium "module.key.aws_iam_access_key.this"
}
