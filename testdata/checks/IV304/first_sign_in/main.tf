# Who has to change a password at the first sign-in has no device then.
resource "aws_iam_user" "person" {
  name = "person"
}

resource "aws_iam_user_policy_attachment" "person" {
  user       = aws_iam_user.person.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_login_profile" "person" { # want IV304/high "aws_iam_user.person"
  user                    = aws_iam_user.person.name
  password_reset_required = true
}

# A policy that does not exempt it is right, and keeps its user out for ever.
resource "aws_iam_user" "kept_out" {
  name = "kept-out"
}

resource "aws_iam_user_policy_attachment" "kept_out" {
  user       = aws_iam_user.kept_out.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_policy" "kept_out" {
  user = aws_iam_user.kept_out.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

resource "aws_iam_user_login_profile" "kept_out" { # want IV304/note "first sign-in, and cannot without MFA, .*: exempt iam:ChangePassword"
  user                    = aws_iam_user.kept_out.name
  password_reset_required = true
}
