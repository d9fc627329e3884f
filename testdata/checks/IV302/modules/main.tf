# Two calls of a module make two keys for one user, and a third an inactive one.
variable "ci" {
  type = string
}

resource "aws_iam_user" "ci" {
  name = var.ci
}

module "first" {
  source = "./key"
  user   = aws_iam_user.ci.name
}

module "second" {
  source = "./key"
  user   = aws_iam_user.ci.id
}

module "third" {
  source = "./key"
  user   = aws_iam_user.ci.name
  status = "Inactive"
}
