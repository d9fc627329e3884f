# The policy that is missing is drafted beside the others, as they are written.
resource "aws_organizations_organization" "this" { # want IV102/high "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

locals {
  root_id = aws_organizations_organization.this.roots[0].id
}
