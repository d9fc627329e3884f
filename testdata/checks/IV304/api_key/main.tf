# A long-term API key of a service carries no MFA.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want IV304/medium "aws_iam_user_login_profile.alice"
  user = aws_iam_user.alice.name
}

resource "aws_iam_service_specific_credential" "alice" {
  user_name    = aws_iam_user.alice.name
  service_name = "bedrock.amazonaws.com"
}

resource "aws_iam_user_policy" "alice" {
  user = aws_iam_user.alice.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "bedrock:*", Resource = "*" },
      { Effect = "Deny", NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "sts:GetSessionToken"], Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } },
    ]
  })
}

# A password for a repository is none.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want IV304/note "aws_iam_user.bob"
  user = aws_iam_user.bob.name
}

resource "aws_iam_service_specific_credential" "bob" {
  user_name    = aws_iam_user.bob.name
  service_name = "codecommit.amazonaws.com"
}

resource "aws_iam_user_policy" "bob" {
  user   = aws_iam_user.bob.name
  policy = aws_iam_user_policy.alice.policy
}
