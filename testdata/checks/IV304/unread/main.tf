# What a module does that is not at hand, nobody knows.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want? IV304 "aws_iam_user_login_profile.alice"
  user = aws_iam_user.alice.name
}

module "group" {
  source = "example.com/not/fetched"

  users = [aws_iam_user.alice.name]
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want? IV304 "aws_iam_user_login_profile.bob"
  user = aws_iam_user.bob.name
}

variable "group" {
  type = string
}

resource "aws_iam_user_group_membership" "bob" {
  user   = aws_iam_user.bob.name
  groups = [var.group]
}

variable "console" {
  type = bool
}

resource "aws_iam_user" "carla" {
  name = "carla"
}

resource "aws_iam_user_login_profile" "carla" { # want? IV304 "has a console password"
  count = var.console ? 1 : 0

  user = aws_iam_user.carla.name
}
