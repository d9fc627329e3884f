# Policies that are meant to require MFA and do not, for some way in.
resource "aws_iam_user" "key" {
  name = "key"
}

resource "aws_iam_access_key" "key" {
  user = aws_iam_user.key.name
}

# Bool does not match the absent key of an access key's request.
resource "aws_iam_user_login_profile" "key" { # want IV304/medium "not with the access key"
  user = aws_iam_user.key.name
}

resource "aws_iam_user_policy" "key" {
  name = "all"
  user = aws_iam_user.key.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# The same for a user without a key: it works today.
resource "aws_iam_user" "no_key" {
  name = "no-key"
}

resource "aws_iam_user_login_profile" "no_key" { # want IV304/note "once it has one"
  user = aws_iam_user.no_key.name
}

resource "aws_iam_user_policy" "no_key" {
  name   = "all"
  user   = aws_iam_user.no_key.name
  policy = aws_iam_user_policy.key.policy
}

# Null stops only access keys.
resource "aws_iam_user" "null" {
  name = "null"
}

resource "aws_iam_user_login_profile" "null" { # want IV304/high "nothing requires MFA"
  user = aws_iam_user.null.name
}

resource "aws_iam_user_policy" "null" {
  name = "all"
  user = aws_iam_user.null.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        Action    = "*"
        Resource  = "*"
        Condition = { Null = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

# Only some services are behind MFA.
resource "aws_iam_user" "services" {
  name = "services"
}

resource "aws_iam_user_login_profile" "services" { # want IV304/high "nothing requires MFA"
  user = aws_iam_user.services.name
}

resource "aws_iam_user_policy" "services" {
  name = "all"
  user = aws_iam_user.services.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        Action    = ["ec2:*", "rds:*"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# The exception is for one user, who is another.
resource "aws_iam_group" "all" {
  name = "all"
}

resource "aws_iam_group_policy" "all" {
  name  = "all"
  group = aws_iam_group.all.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices"]
        Resource  = "*"
        Condition = {
          BoolIfExists    = { "aws:MultiFactorAuthPresent" = "false" }
          StringNotEquals = { "aws:username" = "breakglass" }
        }
      },
    ]
  })
}

resource "aws_iam_user" "of_all" {
  for_each = toset(["zoe", "breakglass"])

  name = each.key
}

resource "aws_iam_user_group_membership" "of_all" {
  for_each = aws_iam_user.of_all

  user   = each.value.name
  groups = [aws_iam_group.all.name]
}

resource "aws_iam_user_login_profile" "of_all" { # want IV304/high `of_all\["breakglass"\]`
  for_each = aws_iam_user.of_all

  user = each.value.name
}
