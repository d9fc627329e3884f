# The settings say who is a program, and how bad it is for the others.
resource "aws_iam_user" "ci" {
  name = "ci-deploy"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_user" "ci_with_password" {
  name = "ci-admin"
}

resource "aws_iam_user_login_profile" "ci_with_password" {
  user = aws_iam_user.ci_with_password.name
}

resource "aws_iam_access_key" "ci_with_password" {
  user = aws_iam_user.ci_with_password.name # want IV301/low "aws_iam_access_key.ci_with_password"
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_access_key" "alice" {
  user = aws_iam_user.alice.name # want IV301/low "aws_iam_access_key.alice"
}
