# The organization is in GovCloud, where root is arn:aws-us-gov:iam::…:root: a
# policy about arn:aws: never matches.
provider "aws" {
  region = "us-gov-west-1"
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
          StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } # want IV102/high "aws_organizations_policy.root.*partition"
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
