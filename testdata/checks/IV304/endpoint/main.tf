# Another service speaks AWS's language, and may not know of MFA.
provider "aws" {
  alias = "other"

  endpoints {
    iam = "https://iam.example.com"
  }
}

resource "aws_iam_user" "ann" {
  provider = aws.other
  name     = "ann"
}

resource "aws_iam_user_policy_attachment" "ann" {
  provider   = aws.other
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user_login_profile" "ann" { # want IV304/high "aws_iam_user_login_profile.ann"
  provider = aws.other
  user     = aws_iam_user.ann.name
}
