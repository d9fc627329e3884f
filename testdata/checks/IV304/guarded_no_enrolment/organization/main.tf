resource "aws_organizations_organization" "this" { # want IV105 "to known networks"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

import {
  to = aws_organizations_account.workload
  id = "111122223333"
}

resource "aws_organizations_account" "workload" {
  name  = "workload"
  email = "workload@example.com"
}

# StringEquals knows no wildcards: the policy never applies.
resource "aws_organizations_policy" "mfa" {
  name = "mfa"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        # want@+1 IV102 "does not keep root"
        StringEquals = { "aws:PrincipalArn" = ["arn:aws:iam::*:root", "arn:aws:iam::*:user/*"] }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "mfa" {
  policy_id = aws_organizations_policy.mfa.id
  target_id = aws_organizations_organization.this.roots[0].id
}
