# All of them; nothing to say.
resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "this" {
  for_each = {
    IAM_ROOT_ACCESS_KEY_CHECK          = null
    ROOT_ACCOUNT_HARDWARE_MFA_ENABLED  = null
    MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS = null
    ACCESS_KEYS_ROTATED                = { maxAccessKeyAge = "90" }
    IAM_USER_UNUSED_CREDENTIALS_CHECK  = { maxCredentialUsageAge = "45" }
  }

  name             = lower(replace(each.key, "_", "-"))
  input_parameters = each.value == null ? null : jsonencode(each.value)

  source {
    owner             = "AWS"
    source_identifier = each.key
  }
}
