# A user with a key, called for several users.
variable "name" {
  type = string
}

resource "aws_iam_user" "this" {
  name = var.name
}

resource "aws_iam_access_key" "this" {
  user = aws_iam_user.this.name # want IV301/medium "module.user.*dan"
}
