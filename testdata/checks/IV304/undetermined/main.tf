# A policy that is named but not declared may hold the rule, or a way around it.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want? IV304 "aws_iam_user_login_profile.alice"
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policy_attachment" "alice" {
  user       = aws_iam_user.alice.name
  policy_arn = "arn:aws:iam::111122223333:policy/people"
}
