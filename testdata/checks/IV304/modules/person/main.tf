# A person with a password.
variable "name" {
  type = string
}

resource "aws_iam_user" "this" {
  name = var.name
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high `module.person\["bob"\].aws_iam_user_login_profile.this`
  user = aws_iam_user.this.name
}

output "name" {
  value = aws_iam_user.this.name
}
