# The recorder stands beside its role; most of the rules are in another root.
data "aws_iam_policy_document" "config" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "config" {
  name               = "config"
  assume_role_policy = data.aws_iam_policy_document.config.json
}

resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = aws_iam_role.config.arn
}

resource "aws_config_config_rule" "keys" {
  name             = "access-keys-rotated"
  input_parameters = jsonencode({ maxAccessKeyAge = 365 }) # want IV401 "notices only what is older than 365 days"

  source {
    owner             = "AWS"
    source_identifier = "ACCESS_KEYS_ROTATED"
  }
}

# What a module that is not at hand is given says nothing here, and names of providers
# are no values.
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

module "network" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.21.0"

  providers = {
    aws = aws.virginia
  }
}
