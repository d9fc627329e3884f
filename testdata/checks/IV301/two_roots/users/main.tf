# The user of the key in the directory beside this one.
resource "aws_iam_user" "ci" {
  name = "ci"
}
