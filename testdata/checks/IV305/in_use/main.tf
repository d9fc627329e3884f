# Two of the users of the report are declared here.
resource "aws_iam_user" "alice" {
  name = "Alice"
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = "CI"
}
