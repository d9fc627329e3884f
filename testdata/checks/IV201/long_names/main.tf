# The name of the role is nearly as long as a session name may be.
variable "account" {
  type = string
}

resource "aws_iam_role" "share" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:SetSourceIdentity"]
      Principal = { AWS = "arn:aws:iam::${var.account}:role/data-engineering-datalake-access-github-actions" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:SourceIdentity}" } }
    }]
  })
}
