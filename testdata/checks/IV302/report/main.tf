resource "aws_iam_user" "carol" {
  name = "carol"
}

resource "aws_iam_access_key" "one" {
  user = aws_iam_user.carol.name
}

resource "aws_iam_access_key" "two" { # want IV302 "second active access key"
  user = aws_iam_user.carol.name
}
