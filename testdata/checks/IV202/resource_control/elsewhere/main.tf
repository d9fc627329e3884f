# An account of the organization that the policy is not attached to.
provider "aws" {
  allowed_account_ids = ["444455556666"]
}

resource "aws_iam_role" "open" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" } # want IV202 "every AWS account"
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}
