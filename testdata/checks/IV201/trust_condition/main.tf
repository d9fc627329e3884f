# Conditions that the settings require: imposed by whatever statement, or not.
locals {
  organization = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5", "sts:RoleSessionName" = "$${aws:username}" } }
}

resource "aws_iam_role" "imposed" {
  name = "imposed"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = local.organization
    }]
  })
}

resource "aws_iam_role" "imposed_by_deny" {
  name = "imposed-by-deny"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
      {
        Effect    = "Deny"
        Action    = "sts:*"
        Principal = "*"
        Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
      },
    ]
  })
}

resource "aws_iam_role" "missing" {
  name = "missing"

  assume_role_policy = data.aws_iam_policy_document.missing.json
}

data "aws_iam_policy_document" "missing" {
  statement { # want IV201/high "'aws_iam_role.missing' can be assumed without the condition StringEquals aws:PrincipalOrgID 'o-a1b2c3d4e5', which .iamvet.hcl:2 requires: statement 1 of main.tf:\\d+ admits 'arn:aws:iam::111122223333:root'. Only our own organization assumes roles \\(ADR 12\\)."
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }
}

# The key may be absent, and a second statement lets one role in without.
resource "aws_iam_role" "loose" {
  name = "loose"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = {
        StringEquals = { "sts:RoleSessionName" = "$${aws:username}" }
        StringEqualsIfExists = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } # want IV201/high "aws_iam_role.loose.*without the condition StringEquals aws:PrincipalOrgID"
      }
    }]
  })
}

resource "aws_iam_role" "wrong_organization" {
  name = "wrong-organization"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
      Condition = { StringEquals = { "aws:PrincipalOrgID" = ["o-a1b2c3d4e5", "o-another"], "sts:RoleSessionName" = "$${aws:username}" } } # want IV201/high "aws_iam_role.wrong_organization"
    }]
  })
}

# Services are not asked.
resource "aws_iam_role" "service" {
  name = "service"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

variable "organization" {
  type = string
}

resource "aws_iam_role" "unknown" {
  name = "unknown"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringEquals = { "aws:PrincipalOrgID" = var.organization, "sts:RoleSessionName" = "$${aws:username}" } } # want? IV201/high "Whether 'aws_iam_role.unknown' can be assumed without the condition StringEquals aws:PrincipalOrgID 'o-a1b2c3d4e5', which .iamvet.hcl:2 requires, depends on a value that is not known"
    }]
  })
}

# It is not asked of role sessions, nor of roles of other names.
resource "aws_iam_role" "people" {
  name = "people-admin"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
        Condition = { StringEquals = { "sts:RoleSessionName" = "alice" }, Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
      {
        Effect    = "Allow"
        Action    = ["sts:AssumeRole", "sts:SetSourceIdentity"]
        Principal = { AWS = "arn:aws:iam::111122223333:role/sso" }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:SourceIdentity}" } }
      },
    ]
  })
}

resource "aws_iam_role" "people_without_mfa" {
  name_prefix = "people-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.people_without_mfa.*Bool aws:MultiFactorAuthPresent 'true'"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/bob" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "bob" } }
    }]
  })
}

variable "team" {
  type = string
}

# Its name decides which conditions it is asked for.
resource "aws_iam_role" "of_a_team" {
  # want?@+5 IV201 "Whether 'aws_iam_role.of_a_team'.*MultiFactor"
  name = "${var.team}-deploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want? IV201 "Whether 'aws_iam_role.of_a_team'.*aws:PrincipalOrgID"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/bob" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "bob" } }
    }]
  })
}

# Vendors have to give their external id, and we do not.
resource "aws_iam_role" "vendor" {
  name = "vendor-scanner"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
        Condition = { StringEquals = { "sts:RoleSessionName" = "alice" } }
      },
      { # want IV201/medium "aws_iam_role.vendor.*without the condition StringLike sts:ExternalId '\\?\\*'"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::444455556666:user/scanner" }
        Condition = { StringEquals = { "sts:RoleSessionName" = "scanner" } }
      },
    ]
  })
}
