# Actions that only sign in, beside those that enrol a device.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "root" {
  name = "root"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV102/note "aws_organizations_policy.root.*signin:Authenticate"
      Effect    = "Deny"
      NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "sts:GetSessionToken", "signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"]
      Resource  = "*"
      Condition = {
        ArnLike      = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
