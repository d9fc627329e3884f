variable "name" {
  type = string
}

variable "console" {
  type    = bool
  default = false
}

resource "aws_iam_user" "this" {
  name = var.name
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high "module.alice.aws_iam_user_login_profile.this.*nothing requires MFA"
  count = var.console ? 1 : 0
  user  = aws_iam_user.this.name
}

resource "aws_iam_user_policy_attachment" "read" {
  user       = aws_iam_user.this.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
