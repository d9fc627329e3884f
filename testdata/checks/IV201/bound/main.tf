# Every way to bind the session name to the caller; nothing to say.
locals {
  account = "arn:aws:iam::111122223333:root"
}

resource "aws_iam_role" "string_equals" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}

resource "aws_iam_role" "string_like" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringLike = { "sts:rolesessionname" = "$${aws:userName}" } }
    }]
  })
}

# Anyone of the account, but refused under another name.
resource "aws_iam_role" "deny_unless_equal" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
      },
      {
        Effect    = "Deny"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "*" }
        Condition = { StringNotEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
    ]
  })
}

resource "aws_iam_role" "source_identity" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:SetSourceIdentity"]
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:SourceIdentity" = "$${aws:username}" } }
    }]
  })
}

resource "aws_iam_role" "principal_tag" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:PrincipalTag/user}" } }
    }]
  })
}

resource "aws_iam_role" "one_constant_per_user" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for name in ["alice", "bob"] : {
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/${name}" }
      Condition = { StringEquals = { "sts:RoleSessionName" = name } }
    }]
  })
}

resource "aws_iam_role" "beside_a_service" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = local.account }
        Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
      },
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "ec2.amazonaws.com" }
      },
    ]
  })
}
