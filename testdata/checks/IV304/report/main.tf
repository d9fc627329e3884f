# The policies of dave ask for MFA: without a device nothing is left but to enrol
# one, which whoever has the password may do.
resource "aws_iam_user" "dave" {
  name = "dave"
}

resource "aws_iam_user_policy" "dave" {
  user = aws_iam_user.dave.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "iam:GetUser", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Those of frank do not ask for it of access keys, and the report knows that he has
# one.
resource "aws_iam_user" "frank" {
  name = "frank"
}

resource "aws_iam_user_policy" "frank" {
  user = aws_iam_user.frank.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:GetUser", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}
