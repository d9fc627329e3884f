# The security accounts had theirs first, and written by hand: the root user
# needs MFA, and comes from the head office.
resource "aws_organizations_policy" "security" {
  name = "security-root"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RootNeedsMFA"
        Effect    = "Deny"
        NotAction = local.mfa_enrolment
        Resource  = "*"
        Condition = {
          ArnLike      = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
          Null         = { "aws:AssumedRoot" = "true" }
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
        }
      },
      {
        Sid      = "RootFromTheHeadOffice"
        Effect   = "Deny"
        Action   = "*"
        Resource = "*"
        Condition = {
          ArnLike                 = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
          Null                    = { "aws:AssumedRoot" = "true" }
          NotIpAddressIfExists    = { "aws:SourceIp" = "198.51.100.0/24" }
          StringNotEqualsIfExists = { "aws:SourceVpc" = var.vpcs }
          BoolIfExists            = { "aws:ViaAWSService" = "false" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "security" {
  policy_id = aws_organizations_policy.security.id
  target_id = aws_organizations_organizational_unit.this["security"].id
}
