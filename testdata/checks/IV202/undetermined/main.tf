# Whether everyone is meant is not in the configuration.
variable "principals" {
  type = list(string)
}

variable "organization" {
  type    = string
  default = ""
}

resource "aws_iam_role" "who" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.principals } # want? IV202 "aws_iam_role.who"
    }]
  })
}

# Whatever the organization is, it is one.
resource "aws_iam_role" "some_organization" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want? IV202 "aws_iam_role.some_organization"
      Condition = { StringLike = { "aws:PrincipalOrgID" = var.organization } }
    }]
  })
}
