# Passwords without MFA behind them.
resource "aws_iam_user" "this" {
  for_each = toset(["alice", "bob", "carla"])

  name = each.key
}

# What alice may do is not in this scan.
resource "aws_iam_user_login_profile" "alice" { # want IV304/medium "aws_iam_user_login_profile.alice"
  user = aws_iam_user.this["alice"].name
}

resource "aws_iam_user_login_profile" "bob" { # want IV304/high "aws_iam_user_login_profile.bob"
  user = aws_iam_user.this["bob"].name
}

resource "aws_iam_user_policy" "bob" {
  name = "everything"
  user = aws_iam_user.this["bob"].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

# MFA for one policy, and another beside it.
resource "aws_iam_user_login_profile" "carla" { # want IV304/high "aws_iam_user_login_profile.carla"
  user = aws_iam_user.this["carla"].name
}

resource "aws_iam_policy" "with_mfa" {
  name = "with-mfa"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "*"
      Resource  = "*"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

resource "aws_iam_policy_attachment" "with_mfa" {
  name       = "with-mfa"
  users      = [aws_iam_user.this["carla"].name]
  policy_arn = aws_iam_policy.with_mfa.arn
}

resource "aws_iam_user_policy" "carla" {
  name = "buckets"
  user = aws_iam_user.this["carla"].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}
