# All of the rules; how old a key may become, a variable says.
variable "key_age" {
  type = number
}

resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "keys" {
  name             = "access-keys-rotated"
  input_parameters = jsonencode({ maxAccessKeyAge = var.key_age }) # want? IV401 "notices what is older than 90 days"

  source {
    owner             = "AWS"
    source_identifier = "ACCESS_KEYS_ROTATED"
  }
}

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
