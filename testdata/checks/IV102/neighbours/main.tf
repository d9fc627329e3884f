# What is added has what stands beside it has: the provider, the count and the tags.
variable "guardrails" {
  type    = bool
  default = true
}

locals {
  tags = { team = "platform" }
}

provider "aws" {
  alias = "management"
}

resource "aws_organizations_organization" "this" { # want IV102 "this"
  provider             = aws.management
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "leave" {
  provider = aws.management
  count    = var.guardrails ? 1 : 0 # as everything here

  name = "leave"
  type = "SERVICE_CONTROL_POLICY"
  tags = local.tags

  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "organizations:LeaveOrganization", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "leave" {
  provider = aws.management
  count    = var.guardrails ? 1 : 0

  policy_id = aws_organizations_policy.leave[0].id
  target_id = aws_organizations_organization.this.roots[0].id
}
