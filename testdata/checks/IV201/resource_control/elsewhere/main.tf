# An account of the organization that the policy is not attached to.
provider "aws" {
  allowed_account_ids = ["444455556666"]
}

resource "aws_iam_role" "support" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/high "any session name"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "sts:AssumeRole"
    }]
  })
}
