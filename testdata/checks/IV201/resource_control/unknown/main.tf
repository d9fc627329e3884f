# Which account this is, nothing says.
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
