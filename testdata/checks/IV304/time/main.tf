# The Deny without MFA ends in two weeks.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want IV304/note "needs MFA until 2026-11-15 00:00 UTC only"
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policy" "alice" {
  user = aws_iam_user.alice.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }, DateLessThan = { "aws:CurrentTime" = "2026-11-15T00:00:00Z" } }
      },
    ]
  })
}
