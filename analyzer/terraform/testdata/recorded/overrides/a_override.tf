variable "v" {
  default = "over"
}
variable "n" {
  type = number
}
variable "o" {
  default = { a = "y" , c = 1}
}
locals {
  b = "over-b"
}
resource "terraform_data" "r" {
  input = "over"
  lifecycle {
    prevent_destroy = false
  }
}
resource "terraform_data" "cnt" {
  count = 2
}
resource "terraform_data" "fe" {
  for_each = toset(["a", "b"])
}
module "m" {
  source = "./m2"
  x      = "over"
}
module "k" {
  for_each = toset(["q", "z"])
}
output "o" {
  value = "over"
}
