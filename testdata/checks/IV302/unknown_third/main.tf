# A third key, of which nobody knows the status.
variable "third" {
  type = string
}

resource "aws_iam_access_key" "one" {
  user = "ci"
}

resource "aws_iam_access_key" "two" { # want IV302 "aws_iam_access_key.two"
  user = "ci"
}

resource "aws_iam_access_key" "three" {
  user   = "ci"
  status = var.third
}
