# Confining root to networks is another matter than MFA: no failed attempt at it,
# though it helps in part.
resource "aws_organizations_organization" "this" { # want IV102/medium "No service control policy"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "networks" {
  name = "root-from-known-networks"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike           = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
        NotIpAddressIfExists = { "aws:SourceIp" = ["198.51.100.0/24"] }
        BoolIfExists         = { "aws:ViaAWSService" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "networks" {
  policy_id = aws_organizations_policy.networks.id
  target_id = aws_organizations_organization.this.roots[0].id
}
