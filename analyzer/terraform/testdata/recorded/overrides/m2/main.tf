variable "x" {}
variable "y" { default = "dy" }
output "out" { value = "m2:${var.x}:${var.y}:${path.module}" }
