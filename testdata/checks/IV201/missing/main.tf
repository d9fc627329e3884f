# Trust policies without a session name: accounts, users, roles, any action
# pattern that includes sts:AssumeRole.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_role" "account" {
  name = "account"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.account"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}

resource "aws_iam_role" "account_id" {
  name = "account-id"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.account_id"
      Effect    = "Allow"
      Action    = "sts:*"
      Principal = { AWS = "111122223333" }
    }]
  })
}

# The text of the ARN is not known before the apply; that it names a user is.
resource "aws_iam_role" "user" {
  name = "user"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.user"
      Effect    = "Allow"
      Action    = ["sts:assumerole", "sts:TagSession"]
      Principal = { AWS = aws_iam_user.alice.arn }
    }]
  })
}

resource "aws_iam_role" "role_only" {
  name = "role-only"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.role_only"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:role/dev" }
    }]
  })
}

resource "aws_iam_role" "vendor" {
  name = "vendor"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.vendor"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::444455556666:root" }
      Condition = { StringEquals = { "sts:ExternalId" = "x-1" } }
    }]
  })
}

resource "aws_iam_role" "everyone" {
  name = "everyone"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/high "aws_iam_role.everyone"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
    }]
  })
}

resource "aws_iam_role" "mfa_is_not_a_name" {
  name = "mfa-is-not-a-name"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.mfa_is_not_a_name"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}
