# A module for each policy, of which there are none by default.
variable "policies" {
  type    = map(string)
  default = {}
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

module "scp" {
  source   = "./scp"
  for_each = var.policies

  name    = each.key
  content = each.value
  target  = aws_organizations_organization.this.roots[0].id
}
