output "key_id" {
  value = aws_iam_access_key.this.id
}

output "group" {
  value = aws_iam_group.g.name
}
