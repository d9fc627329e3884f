# The subject of a SAML assertion says who calls; its qualifier, which all users of the
# provider share, does not.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
resource "aws_iam_role" "subject" {
  name = "subject"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${saml:sub}" } }
    }]
  })
}

resource "aws_iam_role" "qualifier" {
  name = "qualifier"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${saml:namequalifier}" } } # want IV201 "qualifier"
    }]
  })
}
