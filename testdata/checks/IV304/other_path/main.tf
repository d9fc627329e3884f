# Users are told apart by their paths, where their names are not known: the fix of
# one says nothing of the other.
variable "person" {
  type = string
}

variable "machine" {
  type = string
}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:*", Resource = "*" },
      { Effect = "Allow", Action = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ResyncMFADevice"], Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = {
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
          ArnLike      = { "aws:PrincipalArn" = "arn:aws:iam::*:user/people/*" }
        }
      },
    ]
  })
}

resource "aws_iam_user" "person" {
  name = var.person
  path = "/people/"
}

resource "aws_iam_user_policy" "person" {
  name   = "all"
  user   = aws_iam_user.person.name
  policy = local.policy
}

resource "aws_iam_user_login_profile" "person" {
  user = aws_iam_user.person.name
}

resource "aws_iam_user" "machine" {
  name = var.machine
  path = "/machines/"
}

resource "aws_iam_user_policy" "machine" {
  name   = "all"
  user   = aws_iam_user.machine.name
  policy = local.policy
}

resource "aws_iam_user_login_profile" "machine" { # want IV304/high "aws_iam_user_login_profile.machine"
  user = aws_iam_user.machine.name
}
