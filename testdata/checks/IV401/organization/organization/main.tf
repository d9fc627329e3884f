# The rules of the organization, all but one.
resource "aws_config_organization_managed_rule" "this" {
  for_each = toset(["IAM_ROOT_ACCESS_KEY_CHECK", "ROOT_ACCOUNT_MFA_ENABLED", "IAM_USER_MFA_ENABLED", "ACCESS_KEYS_ROTATED"])

  name            = lower(each.key)
  rule_identifier = each.key
}
