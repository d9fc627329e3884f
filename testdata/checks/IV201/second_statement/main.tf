# Allow statements are alternatives: one that asks for no name undoes the rest.
locals {
  account = "arn:aws:iam::111122223333:root"
}

resource "aws_iam_role" "another_principal" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
      { # want IV201 "aws_iam_role.another_principal"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:role/dev" }
      },
    ]
  })
}

resource "aws_iam_role" "with_mfa" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
      { # want IV201/medium "aws_iam_role.with_mfa"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

resource "aws_iam_role" "condition_on_tagging_only" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:TagSession"
        Principal = { AWS = local.account }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
      { # want IV201/medium "aws_iam_role.condition_on_tagging_only"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
      },
    ]
  })
}

resource "aws_iam_role" "deny_for_one" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { # want IV201/medium "aws_iam_role.deny_for_one"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
      },
      {
        Effect    = "Deny"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
        Condition = { StringNotLike = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
    ]
  })
}
