# A module that is not at hand and gets the organization's id may attach policies:
# it is what is missing, not where a policy is attached that denies one action by
# name.
resource "aws_organizations_organization" "main" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

module "registry" { # want? IV102 "'module.registry', which is not at hand"
  source = "github.com/example/modules//registry"
  org_id = aws_organizations_organization.main.id
}
