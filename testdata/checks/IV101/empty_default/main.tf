# A module that nobody calls: keys for whoever its caller names.
variable "user" {
  type    = string
  default = ""
}

variable "users" {
  type    = set(string)
  default = []
}

resource "aws_iam_access_key" "user" {
  user = var.user # want? IV101/critical "aws_iam_access_key.user"
}

resource "aws_iam_access_key" "users" {
  for_each = var.users

  user = each.value # want? IV101/critical "aws_iam_access_key.users"
}
