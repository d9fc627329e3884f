resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

# Whoever comes from an IPv6 address is not kept out.
resource "aws_organizations_policy" "root" {
  name = "root-at-the-office"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        ArnLike         = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        NotIpAddress    = { "aws:SourceIp" = ["198.51.100.0/24", "::/0"] } # want IV105/medium "aws_organizations_policy.root"
        StringNotEquals = { "aws:SourceVpc" = "vpc-0a1b2c3d" }
        Bool            = { "aws:ViaAWSService" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
