# Long-term API keys of a service, made with their user.
resource "aws_iam_user" "bot" {
  name = "bot"
}

resource "aws_iam_service_specific_credential" "forever" {
  user_name    = aws_iam_user.bot.name # want IV301/medium "aws_iam_service_specific_credential.forever.*never expires" want IV303/medium "never expires"
  service_name = "bedrock.amazonaws.com"
}

resource "aws_iam_service_specific_credential" "long" {
  user_name           = aws_iam_user.bot.name # want IV301/medium "valid for 36600 days" want IV303/medium "valid for 36600 days, where 90" want IV302/medium "two active long-term API keys"
  service_name        = "bedrock.amazonaws.com"
  credential_age_days = 36600
}

# One that expires in time, of a user who exists already.
resource "aws_iam_service_specific_credential" "short" {
  user_name           = aws_iam_user.old.name
  service_name        = "bedrock.amazonaws.com"
  credential_age_days = 30
}

resource "aws_iam_user" "old" {
  name = "old"
}

import {
  to = aws_iam_user.old
  id = "old"
}

# Inactive, and one that is no API key.
resource "aws_iam_service_specific_credential" "inactive" {
  user_name    = aws_iam_user.bot.name
  service_name = "bedrock.amazonaws.com"
  status       = "Inactive"
}

resource "aws_iam_service_specific_credential" "repository" {
  user_name    = aws_iam_user.bot.name
  service_name = "codecommit.amazonaws.com"
}

# How long it is valid is not known.
variable "days" {
  type = number
}

resource "aws_iam_service_specific_credential" "unknown" {
  user_name           = aws_iam_user.old.name # want? IV303 "aws_iam_service_specific_credential.unknown"
  service_name        = "logs.amazonaws.com"
  credential_age_days = var.days
}
