# One active key for each user; nothing to say.
resource "aws_iam_user" "rotated" {
  name = "rotated"
}

resource "aws_iam_access_key" "old" {
  user   = aws_iam_user.rotated.name
  status = "Inactive"
}

resource "aws_iam_access_key" "new" {
  user = aws_iam_user.rotated.name
}

# Two users who are not known are not one.
variable "users" {
  type = list(string)
}

resource "aws_iam_access_key" "first" {
  user = var.users[0]
}

resource "aws_iam_access_key" "last" {
  user = var.users[1]
}
