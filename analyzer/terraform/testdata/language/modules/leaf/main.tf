variable "value" {}
output "value" { value = var.value }
output "where" { value = path.module }
