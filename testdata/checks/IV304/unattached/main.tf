# Somebody wrote what requires MFA, and attached it to nobody.
resource "aws_iam_group" "administrators" {
  name = "administrators"
}

resource "aws_iam_group_policy_attachment" "administrators" {
  group      = aws_iam_group.administrators.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.administrators.name]
}

resource "aws_iam_user_login_profile" "ann" { # want IV304/high "aws_iam_user_login_profile.ann"
  user = aws_iam_user.ann.name
}

resource "aws_iam_policy" "mfa" {
  name = "mfa"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

output "mfa" {
  value = aws_iam_policy.mfa.arn
}

# A password that has to be changed is another matter: who has no device yet could not.
resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_group_membership" "bob" {
  user   = aws_iam_user.bob.name
  groups = [aws_iam_group.readers.name]
}

resource "aws_iam_user_login_profile" "bob" { # want IV304/high "aws_iam_user_login_profile.bob"
  user                    = aws_iam_user.bob.name
  password_reset_required = true
}
