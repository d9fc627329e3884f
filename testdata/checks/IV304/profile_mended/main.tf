# The policy nearly requires MFA of Ann, with whose keys Terraform works.
provider "aws" {
  region  = "eu-west-1"
  profile = "ann"
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_policy" "ann" {
  user = aws_iam_user.ann.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
      Resource  = "*"
      Condition = { Bool = { "aws:MultiFactorAuthenticated" = "false" } }
    }]
  })
}

resource "aws_iam_user_login_profile" "ann" { # want IV304 "aws_iam_user_login_profile.ann"
  user = aws_iam_user.ann.name
}
