# Whether the organization is made here is not known.
variable "create" {
  type = bool
}

resource "aws_organizations_organization" "this" { # want? IV102 "depends on"
  count = var.create ? 1 : 0

  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
