# A user, with a password or a key as its caller likes.
variable "name" {
  type = string
}

variable "console" {
  type    = bool
  default = false
}

variable "key" {
  type    = bool
  default = false
}

resource "aws_iam_user" "this" {
  name = var.name
}

resource "aws_iam_user_login_profile" "this" {
  count = var.console ? 1 : 0

  user = aws_iam_user.this.name
}

resource "aws_iam_access_key" "this" {
  count = var.key ? 1 : 0

  user = aws_iam_user.this.name # want IV301/medium `module.ci.aws_iam_access_key.this\[0\]`
}
