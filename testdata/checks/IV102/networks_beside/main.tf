# A policy that confines root to networks comes as near as the one that is meant
# to ask for MFA: the finding is about the one that is meant.

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "networks" {
  name = "a-networks"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        ArnLike              = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        NotIpAddressIfExists = { "aws:SourceIp" = "198.51.100.0/24" }
        BoolIfExists         = { "aws:ViaAWSService" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy" "mfa" {
  name = "b-mfa"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        ArnLike = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        Bool    = { "aws:MultiFactorAuthPresent" = "false" } # want IV102/medium "aws_organizations_policy.mfa' keeps root from acting without MFA only in part"
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = {
    a-networks = aws_organizations_policy.networks.id
    b-mfa      = aws_organizations_policy.mfa.id
  }

  policy_id = each.value
  target_id = aws_organizations_organization.this.roots[0].id
}
