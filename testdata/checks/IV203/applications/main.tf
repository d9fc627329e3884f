# Providers whose audience is an application: all its users are meant.
resource "aws_iam_role" "google" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "accounts.google.com" }
      Condition = { StringEquals = { "accounts.google.com:aud" = "66677788899900pro0" } }
    }]
  })
}

# One account of Google's, through whichever application.
resource "aws_iam_role" "google_account" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "accounts.google.com" } # want IV203/note "aws_iam_role.google_account"
      Condition = { StringEquals = { "accounts.google.com:sub" = "107768730699967087212" } }
    }]
  })
}

resource "aws_iam_role" "every_google_user" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "accounts.google.com" } # want IV203/high "aws_iam_role.every_google_user"
    }]
  })
}

resource "aws_iam_role" "pool" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = "us-east-1:12345678-abcd-abcd-abcd-123456790ab" }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "authenticated" }
      }
    }]
  })
}

resource "aws_iam_role" "every_pool" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "cognito-identity.amazonaws.com" } # want IV203/high "aws_iam_role.every_pool"
      Condition = { "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "authenticated" } }
    }]
  })
}
