variable "v" {
  type    = string
  default = "base"
}
variable "n" {
  default = "5"
}
variable "o" {
  type = object({ a = string, b = optional(number, 3) })
  default = { a = "x" }
}
locals {
  a = "base-a"
  b = "base-b"
}
resource "terraform_data" "v" { input = [var.v, var.n, var.o, local.a, local.b, local.c] }
resource "terraform_data" "r" {
  input            = "base"
  triggers_replace = ["t"]
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
  }
}
resource "terraform_data" "cnt" {
  count = 1
  input = count.index
}
resource "terraform_data" "fe" {
  for_each = toset(["a"])
  input    = each.key
}
module "m" {
  source = "./m"
  x      = "base"
  y      = "base-y"
}
module "k" {
  source   = "./m"
  for_each = toset(["q"])
  x        = each.key
}
output "o" {
  value = "base"
}
resource "terraform_data" "m" { input = [module.m.out, module.k["q"].out, module.k["z"].out] }
