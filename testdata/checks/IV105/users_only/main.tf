# The list confines users, not the root user.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "root" {
  name = "root"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Deny"
        Action   = "*"
        Resource = "*"
        Condition = {
          ArnLike      = { "aws:PrincipalArn" = "arn:aws:iam::*:user/*" } # want IV105/low "aws_organizations_policy.root"
          NotIpAddress = { "aws:SourceIp" = ["198.51.100.0/24"] }
          Bool         = { "aws:ViaAWSService" = "false" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
