# A user, and the name of it for others.
resource "aws_iam_user" "this" {
  name = "ci"
}

output "name" {
  value = aws_iam_user.this.name
}
