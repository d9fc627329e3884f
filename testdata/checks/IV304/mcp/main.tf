# Without MFA through AWS's MCP servers, which a Deny leaves out.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want IV304/high "tests aws:ViaAWSMCPService"
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policy" "alice" {
  name = "alice"
  user = aws_iam_user.alice.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false", "aws:ViaAWSMCPService" = "false" } }
      },
    ]
  })
}
