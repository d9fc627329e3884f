# Root access is managed centrally.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]

  aws_service_access_principals = ["iam.amazonaws.com"]
}

resource "aws_organizations_policy" "mfa" {
  name = "root-needs-mfa"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "mfa" {
  policy_id = aws_organizations_policy.mfa.id
  target_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootCredentialsManagement"]
}
