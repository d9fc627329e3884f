# Rules that are added have the tags of those that are there.
resource "aws_config_configuration_recorder" "this" { # want IV401/low "aws_config_configuration_recorder.this"
  provider = aws.audit
  name     = "account"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_config_rule" "root_key" {
  provider = aws.audit
  name = "iam-root-access-key-check"
  tags = { team = "platform" }

  source {
    owner             = "AWS"
    source_identifier = "IAM_ROOT_ACCESS_KEY_CHECK"
  }
}

provider "aws" {
  alias = "audit"
}
