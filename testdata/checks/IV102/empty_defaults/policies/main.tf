# That no policy is given by default says nothing about those who use this.
variable "policies" {
  type    = map(string)
  default = {}
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "this" {
  for_each = var.policies

  name    = each.key
  content = each.value # want? IV102 "aws_organizations_policy.this"
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = var.policies

  policy_id = aws_organizations_policy.this[each.key].id
  target_id = aws_organizations_organization.this.roots[0].id
}
