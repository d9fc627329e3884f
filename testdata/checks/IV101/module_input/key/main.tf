# A key for any user, the root user by default.
variable "user" {
  type    = string
  default = "root"
}

resource "aws_iam_access_key" "this" {
  user = var.user
}
