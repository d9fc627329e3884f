resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "TAG_POLICY"]

  aws_service_access_principals = [
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "sso.amazonaws.com",
  ]
}

resource "aws_organizations_organizational_unit" "this" {
  for_each = toset(["security", "workloads", "sandbox"])

  name      = each.key
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "this" {
  for_each = var.accounts

  name      = each.key
  email     = format("aws+%s@example.com", each.key)
  parent_id = aws_organizations_organizational_unit.this[each.value.unit].id

  close_on_deletion = false

  lifecycle {
    ignore_changes = [role_name]
  }
}
