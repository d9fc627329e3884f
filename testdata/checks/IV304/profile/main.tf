# Terraform works with the keys of Ann, who would be refused without MFA: only her
# profile says that she has any.
terraform {
  backend "s3" {
    bucket  = "example-state"
    key     = "users"
    profile = "ann_admin-prod"
  }
}

resource "aws_iam_user" "ann" {
  name = "Ann-Admin"
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_login_profile" "ann" { # want IV304/high "aws_iam_user_login_profile.ann"
  user = aws_iam_user.ann.name
}

# No profile is called as Bea.
resource "aws_iam_user" "bea" {
  name = "bea"
}

resource "aws_iam_user_policy_attachment" "bea" {
  user       = aws_iam_user.bea.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_login_profile" "bea" { # want IV304/high "aws_iam_user_login_profile.bea"
  user = aws_iam_user.bea.name
}
