# A group of policies of which one or the other asks for MFA.
variable "strict" {
  type = bool
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" {
  user = aws_iam_user.alice.name
}

# Both forms stop whoever has no MFA.
resource "aws_iam_user_policy" "mfa" {
  user = aws_iam_user.alice.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(
        { Effect = "Deny", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } },
        { NotAction = var.strict ? ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice"] : ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:GetUser"] },
      ),
      { Effect = "Allow", Action = "*", Resource = "*" },
    ]
  })
}

# A Deny that may be missing is missing for this purpose.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want? IV304 "aws_iam_user.bob"
  user = aws_iam_user.bob.name
}

resource "aws_iam_user_policy" "bob" {
  user = aws_iam_user.bob.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "ec2:*", Resource = "*" }],
      [for s in [
        { Effect = "Deny", Action = "*", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } },
      ] : s if var.strict],
    )
  })
}
