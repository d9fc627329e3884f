# A plan of -refresh-only has everything in its prior state, and creates nothing.
# Its keys are those that are there.
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "first" { # want IV303/note "aws_iam_access_key.first"
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "second" { # want IV302/medium "aws_iam_access_key.second" want IV303/note "aws_iam_access_key.second"
  user = aws_iam_user.ci.name
}
