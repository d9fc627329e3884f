# A condition on the session name that lets every name, or someone else's,
# through.
locals {
  account = "arn:aws:iam::111122223333:root"
}

resource "aws_iam_role" "star" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:RoleSessionName" = "*" } } # want IV201/medium "aws_iam_role.star"
    }]
  })
}

# A session name has at least two characters, so this accepts them all.
resource "aws_iam_role" "two_or_more" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:RoleSessionName" = "??*" } } # want IV201/medium "aws_iam_role.two_or_more"
    }]
  })
}

resource "aws_iam_role" "or_star" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:RoleSessionName" = ["$${aws:username}", "*"] } } # want IV201/medium "aws_iam_role.or_star"
    }]
  })
}

resource "aws_iam_role" "present" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { Null = { "sts:RoleSessionName" = "false" } } # want IV201/medium "aws_iam_role.present"
    }]
  })
}

resource "aws_iam_role" "negated" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringNotEquals = { "sts:RoleSessionName" = "$${aws:username}" } } # want IV201/medium "aws_iam_role.negated"
    }]
  })
}

# al may call himself alice.
resource "aws_iam_role" "suffix" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:RoleSessionName" = "$${aws:username}*" } } # want IV201/medium "aws_iam_role.suffix"
    }]
  })
}

resource "aws_iam_role" "mail" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:RoleSessionName" = "*@example.com" } } # want IV201/medium "aws_iam_role.mail"
    }]
  })
}

resource "aws_iam_role" "list" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = ["alice", "bob"] } } # want IV201/medium "aws_iam_role.list"
    }]
  })
}

# The key is sts:RoleSessionName; this one is never present.
resource "aws_iam_role" "wrong_key" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEqualsIfExists = { "aws:RoleSessionName" = "$${aws:username}" } } # want IV201/medium "aws_iam_role.wrong_key"
    }]
  })
}

resource "aws_iam_role" "any_source_identity" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:SetSourceIdentity"]
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:SourceIdentity" = "*" } } # want IV201/medium "aws_iam_role.any_source_identity"
    }]
  })
}
