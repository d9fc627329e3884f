# A module that is not at hand may attach what is missing.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

module "scp" { # want? IV102 "not at hand"
  source = "example/scp/aws"

  root_id = aws_organizations_organization.this.roots[0].id
}
