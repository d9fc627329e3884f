variable "x" {}
variable "y" {
  type    = string
  default = "dy"
  nullable = true
}
variable "z" {
  type    = number
  default = null
}
module "inner" {
  source = "./inner"
  count  = 1
  v      = "${var.x}!"
}
output "out" { value = "${var.x}-${coalesce(var.y, "null")}-${var.z == null}-${path.module}-${module.inner[0].o}" }
output "each" { value = ["e${var.x}"] }
output "deep" { value = { x = [var.x, path.root] } }
