resource "aws_iam_user" "alice" {
  name = "alice"
}

# The report confirms what the code says.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_access_key" "bob" {
  user = aws_iam_user.bob.name # want IV301/medium "same apply"
}
