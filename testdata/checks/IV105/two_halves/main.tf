# Two halves of the IPv4 Internet make a list that excludes nobody.
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
          NotIpAddress    = { "aws:SourceIp" = ["0.0.0.0/1", "128.0.0.0/1"] } # want IV105/medium "lists '128.0.0.0/1', which '192.0.2.77' is in"
          Bool            = { "aws:ViaAWSService" = "false" }
          StringNotEquals = { "aws:SourceVpc" = "vpc-0a1b2c3d4e5f60718" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
