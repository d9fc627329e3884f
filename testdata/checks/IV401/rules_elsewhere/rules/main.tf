resource "aws_config_config_rule" "others" {
  for_each = toset([
    "IAM_ROOT_ACCESS_KEY_CHECK", "ROOT_ACCOUNT_MFA_ENABLED", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "IAM_USER_UNUSED_CREDENTIALS_CHECK",
  ])

  name = each.key

  source {
    owner             = "AWS"
    source_identifier = each.key
  }
}
