# AWS refuses these documents, so they protect nothing.
resource "aws_iam_role" "not_principal" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect       = "Allow"
      Action       = "sts:AssumeRole"
      NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/mallory" } # want IV201 "aws_iam_role.not_principal"
    }]
  })
}
