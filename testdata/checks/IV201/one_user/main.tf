# A role that one user may assume, by name, hides little: whatever the session is
# called, it was that user.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_role" "named" {
  name = "named"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.named"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
    }]
  })
}

resource "aws_iam_role" "declared" {
  name = "declared"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { # want IV201/low "aws_iam_role.declared"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = aws_iam_user.alice.arn }
      },
      { # the same user, and a service, which chooses its own names
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = aws_iam_user.alice.arn, Service = "ec2.amazonaws.com" }
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

resource "aws_iam_role" "itself" {
  name = "itself"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.itself"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:role/itself" }
    }]
  })
}

resource "aws_iam_role" "two" {
  name = "two"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.two"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob"] }
    }]
  })
}

resource "aws_iam_role" "and_the_account" {
  name = "and-the-account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { # want IV201/medium "aws_iam_role.and_the_account"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = aws_iam_user.alice.arn }
      },
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
    ]
  })
}

# Whoever is in the list later is not one user.
data "aws_iam_users" "all" {}

resource "aws_iam_role" "listed" {
  name = "listed"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.listed"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = data.aws_iam_users.all.arns }
    }]
  })
}
