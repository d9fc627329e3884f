# Ways to require MFA that work; nothing to say but where nobody can enrol.
resource "aws_iam_user" "allow" {
  name = "allow"
}

resource "aws_iam_user_login_profile" "allow" {
  user = aws_iam_user.allow.name
}

# Allowed with MFA, and nothing else allowed.
resource "aws_iam_user_policy" "allow" {
  name = "with-mfa"
  user = aws_iam_user.allow.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } },
      { Effect = "Allow", Action = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices"], Resource = "*" },
    ]
  })
}

# A Deny holds whatever else is attached, also what nobody can see.
resource "aws_iam_user" "deny" {
  name = "deny"
}

resource "aws_iam_user_login_profile" "deny" {
  user = aws_iam_user.deny.name
}

resource "aws_iam_user_policy_attachment" "unseen" {
  user       = aws_iam_user.deny.name
  policy_arn = "arn:aws:iam::111122223333:policy/unseen"
}

resource "aws_iam_user_policy_attachment" "not_listed" {
  user       = aws_iam_user.deny.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonBraketFullAccess"
}

resource "aws_iam_policy" "deny" {
  name = "deny"
  path = "/mfa/"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = false } }
    }]
  })
}

data "aws_caller_identity" "current" {}

# By its ARN, put together.
resource "aws_iam_user_policy_attachment" "deny" {
  user       = aws_iam_user.deny.name
  policy_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/mfa/deny"
}

resource "aws_iam_user" "locked" {
  name = "locked"
}

resource "aws_iam_user_login_profile" "locked" { # want IV304/note "not even enrol"
  user = aws_iam_user.locked.name
}

resource "aws_iam_user_policy" "locked" {
  name = "all"
  user = aws_iam_user.locked.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", Action = "*", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } },
    ]
  })
}
