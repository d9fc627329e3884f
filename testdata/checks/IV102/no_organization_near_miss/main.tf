# Without an organization a policy that fails to do what it says is a finding
# all the same.
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
          StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
          Bool       = { "aws:MultiFactorAuthPresent" = "false" } # want IV102 "aws_organizations_policy.root"
        }
      },
    ]
  })
}
