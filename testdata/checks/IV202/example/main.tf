resource "aws_iam_role" "reader" {
  name = "reader"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.reader"
      Condition = { StringEquals = { "sts:ExternalId" = "reader" } }
    }]
  })
}
