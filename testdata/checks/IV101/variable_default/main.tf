# A directory that no one calls is judged by the defaults of its variables.
variable "user" {
  type    = string
  default = "root"
}

resource "aws_iam_access_key" "this" {
  user = var.user # want IV101/critical "aws_iam_access_key.this"
}
