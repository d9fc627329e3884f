# A module gets its policy from its callers; the text stands with them.
module "bound" {
  source = "./role"
  name   = "bound"

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}

module "missing" {
  source = "./role"
  name   = "missing"

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "module.missing.aws_iam_role.this"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}
