# A policy that comes near, on one of two units: it is told, with the places that it
# does not reach, and no second policy is drafted.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "workloads" {
  name      = "workloads"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_organizational_unit" "sandbox" {
  name      = "sandbox"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy" "mfa" {
  name = "mfa"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
        Bool       = { "aws:MultiFactorAuthPresent" = "false" } # want IV102/high "use BoolIfExists. It does not reach accounts directly in the root and the unit 'sandbox'"
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "workloads" {
  policy_id = aws_organizations_policy.mfa.id
  target_id = aws_organizations_organizational_unit.workloads.id
}
