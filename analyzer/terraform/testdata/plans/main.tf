variable "token" {
  type      = string
  ephemeral = true
  default   = "x"
}
variable "v" {
  type    = number
  default = 1
}
resource "terraform_data" "a" {
  input = "one"
}
resource "terraform_data" "b" {
  for_each = toset(["x", "y"])
  input    = "${each.key}-${terraform_data.a.output}"
}
resource "terraform_data" "ignored" {
  input            = "v${var.v}"
  triggers_replace = var.v == 3 ? "go" : "stay"
  lifecycle { ignore_changes = [input] }
}
output "o" { value = terraform_data.a.id }
