variable "user" {}

resource "aws_iam_access_key" "this" {
  user = var.user # want IV101/critical "module.root_key"
}

output "secret" {
  value     = aws_iam_access_key.this.secret
  sensitive = true
}
