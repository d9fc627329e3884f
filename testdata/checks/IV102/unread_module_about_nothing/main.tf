# A module that is not at hand and has nothing to do with it.
resource "aws_organizations_organization" "this" { # want IV102/high "No service control policy"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

module "vpc" {
  source = "terraform-aws-modules/vpc/aws"

  cidr = "10.0.0.0/16"
}
