variable "v" {}
output "o" { value = "${var.v}${path.module}" }
