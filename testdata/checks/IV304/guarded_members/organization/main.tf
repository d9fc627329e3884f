# A service control policy keeps everybody in every member account from acting
# without MFA, whatever the policies of its users allow, but not the roles.
resource "aws_organizations_organization" "this" { # want IV105 "to known networks"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
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
        # want@+1 IV102 "does not keep root"
        StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:user/*" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "users" {
  policy_id = aws_organizations_policy.users.id
  target_id = aws_organizations_organization.this.roots[0].id
}
