# A resource control policy on signing in, which counts where console authorization is enabled.
resource "aws_organizations_organization" "this" { # want? IV104 "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "mfa" {
  name = "mfa"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:*:iam::*:root" }, BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

resource "aws_organizations_policy" "sign_in" {
  name = "sign-in"
  type = "RESOURCE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "signin:Authenticate"
      Resource  = "*"
      Condition = { NotIpAddressIfExists = { "aws:SourceIp" = "198.51.100.0/24" } }
    }]
  })
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = { mfa = aws_organizations_policy.mfa.id, sign_in = aws_organizations_policy.sign_in.id }

  policy_id = each.value
  target_id = aws_organizations_organization.this.roots[0].id
}
