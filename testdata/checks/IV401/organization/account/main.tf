# The recorder of an account.
resource "aws_config_configuration_recorder" "main" { # want IV401/low "would not notice unused credentials;"
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}
