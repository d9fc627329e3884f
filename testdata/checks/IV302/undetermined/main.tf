# Whether the second key is active, or there at all, is not in the configuration.
variable "status" {
  type = string
}

variable "rotating" {
  type = bool
}

resource "aws_iam_access_key" "status_first" {
  user = "ci"
}

resource "aws_iam_access_key" "status_second" {
  user   = "ci"
  status = var.status # want? IV302 "aws_iam_access_key.status_second"
}

resource "aws_iam_access_key" "count_first" {
  user = "deploy"
}

resource "aws_iam_access_key" "count_second" { # want? IV302 "aws_iam_access_key.count_second"
  count = var.rotating ? 1 : 0

  user = "deploy"
}
