# Users for emergencies, as the settings name them.
resource "aws_iam_user" "by_name" {
  name = "break-glass-1"
}

resource "aws_iam_user_login_profile" "by_name" {
  user = aws_iam_user.by_name.name
}

resource "aws_iam_user" "by_tag" {
  name = "vault"

  tags = { Emergency = "yes" }
}

resource "aws_iam_user_login_profile" "by_tag" {
  user = aws_iam_user.by_tag.name
}

resource "aws_iam_user" "no" {
  name = "glass-break"

  tags = { Emergency = "no" }
}

resource "aws_iam_user_login_profile" "no" { # want IV304/medium "aws_iam_user_login_profile.no"
  user = aws_iam_user.no.name
}
