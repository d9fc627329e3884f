# What an exclusive resource does not list, it takes away.
locals {
  enrol = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
  deny = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", NotAction = local.enrol, Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } }]
  })
}

resource "aws_iam_policy" "mfa" {
  name   = "mfa"
  policy = local.deny
}

# An inline policy.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want? IV304 "aws_iam_user_login_profile.alice"
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policy" "alice" {
  name   = "alice"
  user   = aws_iam_user.alice.name
  policy = local.deny
}

resource "aws_iam_user_policy_attachment" "alice" {
  user       = aws_iam_user.alice.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_policies_exclusive" "alice" {
  user_name    = aws_iam_user.alice.name
  policy_names = []
}

# One that is listed.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" {
  user = aws_iam_user.bob.name
}

resource "aws_iam_user_policy" "bob" {
  name   = "bob"
  user   = aws_iam_user.bob.name
  policy = local.deny
}

resource "aws_iam_user_policy_attachment" "bob" {
  user       = aws_iam_user.bob.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_policies_exclusive" "bob" {
  user_name    = aws_iam_user.bob.name
  policy_names = [aws_iam_user_policy.bob.name]
}

# A managed policy.
resource "aws_iam_user" "carla" {
  name = "carla"
}

resource "aws_iam_user_login_profile" "carla" { # want? IV304 "aws_iam_user_login_profile.carla"
  user = aws_iam_user.carla.name
}

resource "aws_iam_user_policy_attachment" "carla" {
  user       = aws_iam_user.carla.name
  policy_arn = aws_iam_policy.mfa.arn
}

resource "aws_iam_user_policy_attachments_exclusive" "carla" {
  user_name   = aws_iam_user.carla.name
  policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

# A policy attachment is all there is of its policy.
resource "aws_iam_user" "dora" {
  name = "dora"
}

resource "aws_iam_user_login_profile" "dora" { # want? IV304 "aws_iam_user_login_profile.dora"
  user = aws_iam_user.dora.name
}

resource "aws_iam_user_policy" "dora" {
  name   = "dora"
  user   = aws_iam_user.dora.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_iam_user_policy_attachment" "dora" {
  user       = aws_iam_user.dora.name
  policy_arn = aws_iam_policy.mfa.arn
}

resource "aws_iam_policy_attachment" "others" {
  name       = "others"
  policy_arn = aws_iam_policy.mfa.arn
  groups     = ["staff"]
}

# A group's members.
resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_policy" "people" {
  group  = aws_iam_group.people.name
  policy = local.deny
}

resource "aws_iam_group_membership" "people" {
  name  = "people"
  group = aws_iam_group.people.name
  users = [aws_iam_user.frank.name]
}

resource "aws_iam_user" "emil" {
  name = "emil"
}

resource "aws_iam_user_login_profile" "emil" { # want? IV304 "aws_iam_user_login_profile.emil"
  user = aws_iam_user.emil.name
}

resource "aws_iam_user_group_membership" "emil" {
  user   = aws_iam_user.emil.name
  groups = [aws_iam_group.people.name]
}

resource "aws_iam_user_policy_attachment" "emil" {
  user       = aws_iam_user.emil.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "frank" {
  name = "frank"
}

resource "aws_iam_user_login_profile" "frank" {
  user = aws_iam_user.frank.name
}

resource "aws_iam_user_policy_attachment" "frank" {
  user       = aws_iam_user.frank.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
