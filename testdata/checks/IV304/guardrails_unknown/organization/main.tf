# A service control policy keeps everybody in one account from acting without MFA,
# if such policies have any effect, which nothing here says.
data "aws_ssm_parameter" "policy_types" {
  name = "/organization/policy-types"
}

resource "aws_organizations_organization" "this" {
  enabled_policy_types = split(",", data.aws_ssm_parameter.policy_types.value)
}

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "shop@example.com"
}

resource "aws_organizations_account" "lab" {
  name  = "lab"
  email = "lab@example.com"
}

import {
  to = aws_organizations_account.shop
  id = "111122223333"
}

import {
  to = aws_organizations_account.lab
  id = "444455556666"
}

resource "aws_organizations_policy" "users" {
  name = "users-need-mfa"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]
      Resource  = "*"
      Condition = {
        StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:user/*" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "users" {
  policy_id = aws_organizations_policy.users.id
  target_id = aws_organizations_account.shop.id
}
