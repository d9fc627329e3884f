# A name of which only the end is known is any name that ends so: where all of these
# are stopped, or none, it does not matter which it is.
variable "prefix" {
  type = string
}

locals {
  enrolling = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "sts:GetSessionToken"]
  without   = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
}

# Nobody whose name ends so is exempt.
resource "aws_iam_user" "bot" {
  name = "${var.prefix}-bot"
}

resource "aws_iam_user_login_profile" "bot" {
  user = aws_iam_user.bot.name
}

resource "aws_iam_user_policy" "bot" {
  user = aws_iam_user.bot.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", NotAction = local.enrolling, Resource = "*", Condition = merge(local.without, { StringNotLike = { "aws:username" = "*-admin" } }) },
    ]
  })
}

# Everybody whose name ends so is.
resource "aws_iam_user" "admin" {
  name = "${var.prefix}-admin"
}

resource "aws_iam_user_login_profile" "admin" { # want IV304/high "aws_iam_user.admin"
  user = aws_iam_user.admin.name
}

resource "aws_iam_user_policy" "admin" {
  user = aws_iam_user.admin.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", NotAction = local.enrolling, Resource = "*", Condition = merge(local.without, { StringNotLike = { "aws:username" = "*-admin" } }) },
    ]
  })
}

# Some are, and some are not.
resource "aws_iam_user" "some" {
  name = "${var.prefix}min"
}

resource "aws_iam_user_login_profile" "some" { # want? IV304 "aws_iam_user.some"
  user = aws_iam_user.some.name
}

resource "aws_iam_user_policy" "some" {
  user = aws_iam_user.some.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", NotAction = local.enrolling, Resource = "*", Condition = merge(local.without, { StringNotLike = { "aws:username" = "*-admin" } }) },
    ]
  })
}

# The policy is about the user itself, whichever name it has.
resource "aws_iam_user" "itself" {
  name = var.prefix
}

resource "aws_iam_user_login_profile" "itself" {
  user = aws_iam_user.itself.name
}

resource "aws_iam_user_policy" "itself" {
  user = aws_iam_user.itself.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", NotAction = local.enrolling, Resource = "*", Condition = merge(local.without, { ArnEquals = { "aws:PrincipalArn" = aws_iam_user.itself.arn } }) },
    ]
  })
}
