variable "name" {}
variable "members" { type = set(string) }
variable "prefix" {
  type     = string
  default  = "t"
  nullable = false
}
variable "unset_default" {
  type    = list(string)
  default = []
}
module "leaf" {
  source   = "../leaf"
  for_each = var.members
  value    = "${var.prefix}-${each.value}"
}
output "labels" { value = [for k, l in module.leaf : "${var.name}/${l.value}"] }
output "count" { value = length(var.members) + length(var.unset_default) }
output "deep" { value = [for l in module.leaf : l.where] }
