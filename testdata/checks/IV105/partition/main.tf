# Root of another partition is meant: the policy binds nobody here.
provider "aws" {
  region = "eu-west-1"
}

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
          StringLike   = { "aws:PrincipalArn" = "arn:aws-cn:iam::*:root" } # want IV105/medium "write arn:\\*:iam::\\*:root, which matches in every partition"
          NotIpAddress = { "aws:SourceIp" = "198.51.100.0/24" }
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
