# The user exists already, so the key is a later one.
import {
  to = aws_iam_user.ci
  id = "ci"
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}
