# A boundary that requires MFA is enough; one that does not, or is not known, is not.
resource "aws_iam_policy" "with_mfa" {
  name = "with-mfa"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } },
      { Effect = "Allow", Action = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice"], Resource = "*" },
    ]
  })
}

variable "boundary" {
  type = string
}

resource "aws_iam_user" "bound" {
  name                 = "bound"
  permissions_boundary = aws_iam_policy.with_mfa.arn
}

resource "aws_iam_user_login_profile" "bound" {
  user = aws_iam_user.bound.name
}

resource "aws_iam_user" "power" {
  name                 = "power"
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_user_login_profile" "power" { # want IV304/high "aws_iam_user_login_profile.power"
  user = aws_iam_user.power.name
}

resource "aws_iam_user" "unknown" {
  name                 = "unknown"
  permissions_boundary = var.boundary
}

resource "aws_iam_user_login_profile" "unknown" { # want? IV304 "aws_iam_user_login_profile.unknown"
  user = aws_iam_user.unknown.name
}

resource "aws_iam_user_policy_attachment" "all" {
  for_each = toset(["bound", "power", "unknown"])

  user       = each.key
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
