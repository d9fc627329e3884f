# Another root, another apply: the user is there before its key.
resource "aws_iam_access_key" "ci" {
  user = "ci"
}
