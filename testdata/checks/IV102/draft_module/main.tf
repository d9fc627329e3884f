# Policies of a module that is given the root of the organization.
resource "aws_organizations_organization" "this" { # want IV102/high "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

module "guardrails" {
  source  = "./guardrails"
  root_id = aws_organizations_organization.this.roots[0].id
}
