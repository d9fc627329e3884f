# The policy is there with a count: so is what attaches it, and no longer.
variable "guardrails" {
  type    = bool
  default = true
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "root" { # want IV102 "root"
  count = var.guardrails ? 1 : 0

  name = "root"
  type = "SERVICE_CONTROL_POLICY"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
      }
    }]
  })
}
