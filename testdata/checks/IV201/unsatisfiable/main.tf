# Nobody can use these statements: it works as a lock, not as intended.
locals {
  account = "arn:aws:iam::111122223333:root"
}

resource "aws_iam_role" "literal_star" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "*" } } # want IV201/note "aws_iam_role.literal_star"
    }]
  })
}

# A role session has no aws:username.
resource "aws_iam_role" "username_of_a_role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:role/dev" }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } } # want IV201/note "aws_iam_role.username_of_a_role"
    }]
  })
}

resource "aws_iam_role" "misspelt_variable" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:usrname}" } } # want IV201/note "aws_iam_role.misspelt_variable"
    }]
  })
}

# Without sts:SetSourceIdentity no caller may pass a source identity.
resource "aws_iam_role" "source_identity_not_allowed" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/note "aws_iam_role.source_identity_not_allowed"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:SourceIdentity" = "$${aws:username}" } }
    }]
  })
}
