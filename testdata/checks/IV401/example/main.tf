resource "aws_config_configuration_recorder" "this" { # want IV401/low "aws_config_configuration_recorder.this"
  name     = "account"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "root_key" {
  name = "iam-root-access-key-check"

  source {
    owner             = "AWS"
    source_identifier = "IAM_ROOT_ACCESS_KEY_CHECK"
  }
}
