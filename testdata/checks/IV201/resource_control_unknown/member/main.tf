# The account that the policy is attached to.
provider "aws" {
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "support" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want? IV201 "in the account 'shop' of"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "sts:AssumeRole"
    }]
  })
}
