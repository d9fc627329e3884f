# AWS's pages disagree on ForAllValues with a negated operator and an absent key.
resource "aws_iam_role" "paths" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }, # want? IV202 "aws_iam_role.paths"
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" },
      Condition = { "ForAllValues:StringNotLike" = { "aws:PrincipalOrgPaths" = ["o-a1b2c3d4e5/r-ab12/*"] } } },
    ]
  })
}

# A stranger's request comes from the Internet, where the key is there.
resource "aws_iam_role" "elsewhere" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }, # want IV202/high "aws_iam_role.elsewhere"
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" },
      Condition = { "ForAllValues:NotIpAddress" = { "aws:SourceIp" = "198.51.100.0/24" } } },
    ]
  })
}
