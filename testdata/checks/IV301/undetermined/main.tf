# Whether there is a key, or whose it is, is not in the configuration.
variable "create_key" {
  type = bool
}

variable "user" {
  type = string
}

variable "name" {
  type = string
}

resource "aws_iam_user" "maybe" {
  name = "maybe"
}

resource "aws_iam_access_key" "maybe" {
  count = var.create_key ? 1 : 0

  user = aws_iam_user.maybe.name # want? IV301 "aws_iam_access_key.maybe"
}

resource "aws_iam_access_key" "whose" {
  user = var.user # want? IV301 "aws_iam_access_key.whose"
}

# The name is not known, but whose key it is.
resource "aws_iam_user" "nameless" {
  name = var.name
}

resource "aws_iam_access_key" "nameless" {
  user = aws_iam_user.nameless.name # want IV301/medium "aws_iam_access_key.nameless"
}
