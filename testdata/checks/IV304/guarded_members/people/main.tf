# A member account, or the management account, which the policy does not bind?
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want? IV304 "depends on its account: in the member accounts of .aws_organizations_organization.this."
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policy_attachment" "alice" {
  user       = aws_iam_user.alice.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# What this user may do is declared elsewhere.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want? IV304 "depends on its account"
  user = aws_iam_user.bob.name
}
