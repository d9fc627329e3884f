# The service control policies keep root from acting without MFA. Its password is
# still one factor where there is no device: worse where the report's account may
# be the management account, which they do not bind.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "root" {
  name = "root"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Deny"
        NotAction = [
          "iam:CreateVirtualMFADevice",
          "iam:EnableMFADevice",
          "iam:GetUser",
          "iam:ListMFADevices",
          "iam:ListVirtualMFADevices",
          "iam:ResyncMFADevice",
          "sts:GetSessionToken",
        ]
        Resource = "*"
        Condition = {
          StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "shop@example.com"
}

import {
  to = aws_organizations_account.shop
  id = "111122223333"
}
