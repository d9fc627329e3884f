# A recorder, and one of the rules.
resource "aws_config_configuration_recorder" "main" { # want IV401/low "would not notice root without MFA, console users without MFA, access keys that are not rotated or unused credentials"
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "root_key" {
  name = "iam-root-access-key-check"

  source {
    owner             = "AWS"
    source_identifier = "IAM_ROOT_ACCESS_KEY_CHECK"
  }
}

# A rule of one's own, whatever it is called.
resource "aws_config_config_rule" "own" {
  name = "root-account-mfa-enabled"

  source {
    owner             = "CUSTOM_LAMBDA"
    source_identifier = "arn:aws:lambda:eu-west-1:111122223333:function:rule"
  }
}
