variable "x" {}
variable "y" { default = "dy" }
output "out" { value = "m:${var.x}:${var.y}:${path.module}" }
