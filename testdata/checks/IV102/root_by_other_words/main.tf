# An organization has one root, however it is picked from the list.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

locals {
  one   = one(aws_organizations_organization.this.roots).id
  splat = aws_organizations_organization.this.roots[*].id
}

resource "aws_organizations_policy" "console" {
  name = "console"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
        Bool       = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy" "keys" {
  name = "keys"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
        Null       = { "aws:MultiFactorAuthPresent" = "true" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "console" {
  policy_id = aws_organizations_policy.console.id
  target_id = local.one
}

resource "aws_organizations_policy_attachment" "keys" {
  policy_id = aws_organizations_policy.keys.id
  target_id = local.splat[0]
}
