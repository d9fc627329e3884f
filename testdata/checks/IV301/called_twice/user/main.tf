variable "name" {
  type = string
}

resource "aws_iam_user" "this" {
  name = var.name
}

resource "aws_iam_access_key" "this" {
  user = aws_iam_user.this.name # want IV301/medium "module.backup.aws_iam_access_key.this" "module.mail.aws_iam_access_key.this"
}

output "key" {
  value = aws_iam_access_key.this.id
}
