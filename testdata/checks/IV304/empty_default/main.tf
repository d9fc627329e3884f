# A module that nobody calls: a user without policies and groups by default.
variable "policies" {
  type    = list(string)
  default = []
}

variable "groups" {
  type    = list(string)
  default = []
}

variable "boundary" {
  type    = string
  default = null
}

resource "aws_iam_user" "policies" {
  name = "policies"
}

resource "aws_iam_user_login_profile" "policies" { # want? IV304 "aws_iam_user.policies"
  user = aws_iam_user.policies.name
}

resource "aws_iam_user_policy_attachment" "policies" {
  for_each = toset(var.policies)

  user       = aws_iam_user.policies.name
  policy_arn = each.value
}

resource "aws_iam_user" "groups" {
  name = "groups"
}

resource "aws_iam_user_login_profile" "groups" { # want? IV304 "aws_iam_user.groups"
  user = aws_iam_user.groups.name
}

resource "aws_iam_user_group_membership" "groups" {
  count = length(var.groups) > 0 ? 1 : 0

  user   = aws_iam_user.groups.name
  groups = var.groups
}

resource "aws_iam_user" "boundary" {
  name                 = "boundary"
  permissions_boundary = var.boundary
}

resource "aws_iam_user_login_profile" "boundary" { # want? IV304 "aws_iam_user.boundary"
  user = aws_iam_user.boundary.name
}

resource "aws_iam_user_policy" "boundary" {
  user   = aws_iam_user.boundary.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
