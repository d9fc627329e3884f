variable "name" {
  type = string
}

resource "aws_iam_user" "this" {
  name = var.name
}

resource "aws_iam_access_key" "this" {
  user = aws_iam_user.this.name # want IV301/high "module.person.*console password" want IV301/medium "^'module.machine.*in the same apply that creates the user; use"
}

output "name" {
  value = aws_iam_user.this.name
}
