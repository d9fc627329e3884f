# One policy for calls from the Internet, one for calls through a VPC
# endpoint.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "internet" {
  name = "internet"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Deny"
        Action   = "*"
        Resource = "*"
        Condition = {
          ArnLike      = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
          NotIpAddress = { "aws:SourceIp" = ["198.51.100.0/24"] }
          Bool         = { "aws:ViaAWSService" = "false" }
          Null         = { "aws:SourceVpc" = "true" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy" "endpoints" {
  name = "endpoints"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Deny"
        Action   = "*"
        Resource = "*"
        Condition = {
          ArnLike         = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
          StringNotEquals = { "aws:SourceVpc" = "vpc-0a1b2c3d4e5f60718" }
          Null            = { "aws:SourceVpc" = "false" }
          Bool            = { "aws:ViaAWSService" = "false" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  for_each = {
    internet  = aws_organizations_policy.internet.id
    endpoints = aws_organizations_policy.endpoints.id
  }

  policy_id = each.value
  target_id = aws_organizations_organization.this.roots[0].id
}
