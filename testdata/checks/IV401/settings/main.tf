# The project's own limits are what the rules of AWS Config are measured by.
resource "aws_config_configuration_recorder" "this" {
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "root_access_key" {
  name = "root-access-key"

  source {
    owner             = "AWS"
    source_identifier = each.value
  }

  for_each = toset([
    "IAM_ROOT_ACCESS_KEY_CHECK",
    "ROOT_ACCOUNT_MFA_ENABLED",
    "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED",
    "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
  ])
}

resource "aws_config_config_rule" "keys" {
  name             = "keys"
  input_parameters = jsonencode({ maxAccessKeyAge = "90" }) # want IV401/low "older than 90 days \\(maxAccessKeyAge\\), where 30 are allowed"

  source {
    owner             = "AWS"
    source_identifier = "ACCESS_KEYS_ROTATED"
  }
}

resource "aws_config_config_rule" "unused" {
  name             = "unused"
  input_parameters = jsonencode({ maxCredentialUsageAge = "45" })

  source {
    owner             = "AWS"
    source_identifier = "IAM_USER_UNUSED_CREDENTIALS_CHECK"
  }
}
