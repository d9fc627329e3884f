# A key for a user that its caller names.
variable "user" {
  type = string
}

variable "status" {
  type    = string
  default = "Active"
}

resource "aws_iam_access_key" "this" {
  user   = var.user
  status = var.status # want IV302/medium "module.second.aws_iam_access_key.this"
}
