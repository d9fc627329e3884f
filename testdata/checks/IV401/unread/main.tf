# A module that is not at hand, and that may well bring the rules.
resource "aws_config_configuration_recorder" "main" { # want? IV401 "aws_config_configuration_recorder.main"
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

module "rules" {
  source  = "example.com/acme/config-rules/aws"
  version = "1.0.0"
}
