# Keys and users that are not made together; nothing to say.
resource "aws_iam_user" "no_key" {
  name = "no-key"
}

resource "aws_iam_user_login_profile" "no_key" {
  user = aws_iam_user.no_key.name
}

# The user is made somewhere else.
resource "aws_iam_access_key" "of_another_stack" {
  user = "reporting"
}

data "aws_iam_user" "read" {
  user_name = "backup"
}

resource "aws_iam_access_key" "of_a_user_that_is_read" {
  user = data.aws_iam_user.read.user_name
}

resource "aws_iam_user" "no_longer" {
  name = "no-longer"
}

resource "aws_iam_access_key" "no_longer" {
  count = 0

  user = aws_iam_user.no_longer.name
}

resource "aws_iam_user" "similar" {
  name = "reporting-2"
}
