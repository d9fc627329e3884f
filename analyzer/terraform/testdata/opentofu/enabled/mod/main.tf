variable "name" {
  default = "d"
}
resource "terraform_data" "in" {
  input = var.name
}
output "name" {
  value = var.name
}
