# Each role is open to its account: the fix is applied where the scan shows users as
# the callers and nobody else, or where a condition leaves nobody else.
locals {
  account = "111122223333"
  policies = { for name in ["users", "unattached", "sso"] : name => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::${local.account}:role/${name}" }]
  }) }
}

resource "aws_iam_role" "users" {
  name = "users"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.account } }] # want IV201 "users"
  })
}

resource "aws_iam_policy" "users" {
  name   = "users"
  policy = local.policies.users
}

resource "aws_iam_policy_attachment" "users" {
  name       = "users"
  groups     = ["developers"]
  policy_arn = aws_iam_policy.users.arn
}

resource "aws_iam_role" "nobody" {
  name = "nobody"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.account } }] # want IV201 "nobody"
  })
}

resource "aws_iam_role" "wildcard" {
  name = "wildcard"
  path = "/app/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.account } }] # want IV201 "wildcard"
  })
}

resource "aws_iam_user_policy" "wildcard" {
  user = "alice"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/app/wildcard" }]
  })
}

resource "aws_iam_role_policy" "wildcard" {
  role = "hub"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/app/*" }]
  })
}

resource "aws_iam_role" "unattached" {
  name = "unattached"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.account } }] # want IV201 "unattached"
  })
}

resource "aws_iam_policy" "unattached" {
  name   = "unattached"
  policy = local.policies.unattached
}

resource "aws_iam_role" "sso" {
  name = "sso"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.account } }] # want IV201 "sso"
  })
}

resource "aws_ssoadmin_permission_set_inline_policy" "sso" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
  inline_policy      = local.policies.sso
}

resource "aws_iam_role" "mfa" {
  name = "mfa"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201 "mfa"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}
