# The policies of a module, attached by it to the root it is given.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

module "guardrails" {
  source = "./guardrails"
  root   = aws_organizations_organization.this.roots[0].id
}
