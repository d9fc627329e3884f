# All of them, but one looks for keys of a year.
resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "this" {
  for_each = toset(["IAM_ROOT_ACCESS_KEY_CHECK", "ROOT_ACCOUNT_MFA_ENABLED", "IAM_USER_MFA_ENABLED", "IAM_USER_UNUSED_CREDENTIALS_CHECK"])

  name = lower(each.key)

  source {
    owner             = "AWS"
    source_identifier = each.key
  }
}

resource "aws_config_config_rule" "keys" {
  name             = "access-keys-rotated"
  input_parameters = jsonencode({ maxAccessKeyAge = "365" }) # want IV401/low "older than 365 days"

  source {
    owner             = "AWS"
    source_identifier = "ACCESS_KEYS_ROTATED"
  }
}
