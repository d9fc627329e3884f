# In GovCloud the ARN of a user begins with arn:aws-us-gov: a Deny for those of the
# partition aws binds nobody there.
provider "aws" {
  region = "us-gov-west-1"
}

locals {
  users = { one = "arn:aws:iam::*:user/*", two = "arn:aws-us-gov:iam::*:user/*" }
  enrol = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
}

resource "aws_iam_user" "this" {
  for_each = local.users
  name     = each.key
}

resource "aws_iam_user_policy" "this" {
  for_each = local.users
  name     = "all"
  user     = aws_iam_user.this[each.key].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = concat(["s3:*"], local.enrol), Resource = "*" },
      { Effect = "Deny", NotAction = local.enrol, Resource = "*", Condition = {
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
        ArnLike      = { "aws:PrincipalArn" = each.value }
      } },
    ]
  })
}

resource "aws_iam_user_login_profile" "one" { # want IV304/high "does not match 'arn:aws-us-gov:iam::111122223333:user/one'"
  user = aws_iam_user.this["one"].name
}

resource "aws_iam_user_login_profile" "two" {
  user = aws_iam_user.this["two"].name
}
