# The status under ignore_changes is that of the key that exists: the second key
# may be Active there, and a fix of the configuration changes nothing.
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "first" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "second" {
  user   = aws_iam_user.ci.name
  status = "Inactive" # want? IV302 "second"

  lifecycle {
    ignore_changes = [status]
  }
}

resource "aws_iam_user" "cd" {
  name = "cd"
}

resource "aws_iam_access_key" "one" {
  user = aws_iam_user.cd.name
}

resource "aws_iam_access_key" "two" { # want IV302/medium "aws_iam_access_key.two"
  user = aws_iam_user.cd.name

  lifecycle {
    ignore_changes = [status]
  }
}
