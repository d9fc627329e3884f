# Two of the users of the report are declared here. What IV305 finds is in want.txt.
resource "aws_iam_user" "alice" {
  name = "Alice"
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = "CI"
}
