# The list binds one unit.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "lab" {
  name      = "lab"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy" "root" { # want IV105/medium "not in accounts directly in the root:"
  name = "root"

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

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organizational_unit.lab.id
}
