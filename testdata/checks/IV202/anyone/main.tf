# Every way to write a principal that is every AWS account.
resource "aws_iam_role" "aws_star" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.aws_star"
    }]
  })
}

resource "aws_iam_role" "star" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = "*" # want IV202/high "aws_iam_role.star"
    }]
  })
}

resource "aws_iam_role" "among_others" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:*"
      Principal = { AWS = ["arn:aws:iam::111122223333:root", "*"], Service = "ec2.amazonaws.com" } # want IV202/high "aws_iam_role.among_others"
    }]
  })
}

# The first statement is not the one that matters.
resource "aws_iam_role" "second_statement" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "ec2.amazonaws.com" }
      },
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "*" } # want IV202/high "aws_iam_role.second_statement"
      },
    ]
  })
}

# An external id is a password that vendors share; any account may send it.
resource "aws_iam_role" "external_id" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.external_id"
      Condition = { StringEquals = { "sts:ExternalId" = "x-1" } }
    }]
  })
}

# The condition is true for whoever is in no organization.
resource "aws_iam_role" "if_exists" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.if_exists"
      Condition = { StringEqualsIfExists = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
    }]
  })
}

data "aws_iam_policy_document" "star" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"] # want IV202/high "aws_iam_role.document"
    }
  }
}

resource "aws_iam_role" "document" {
  assume_role_policy = data.aws_iam_policy_document.star.json
}
