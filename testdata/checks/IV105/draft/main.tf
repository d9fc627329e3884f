# The policy that is missing, with the networks of .iamvet.hcl.
resource "aws_organizations_organization" "this" { # want IV105/high "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "RootMFA" {
  name = "RootMFA"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        ArnLike      = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "RootMFA" {
  policy_id = aws_organizations_policy.RootMFA.id
  target_id = aws_organizations_organization.this.roots[0].id
}
