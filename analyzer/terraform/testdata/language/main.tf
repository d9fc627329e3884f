# Expressions and modules without providers: what Terraform 1.11 makes of the
# outputs is in want.json (terraform plan, terraform show -json).

variable "plain" { default = "p" }
variable "from_file" {
  type = list(string)
}
variable "auto" {
  type    = map(number)
  default = {}
}
variable "shape" {
  type = map(object({
    path   = optional(string, "/")
    groups = optional(list(string), [])
    keys   = optional(number)
    nested = optional(object({ on = optional(bool, true), n = optional(number, 3) }), {})
  }))
  default = {
    a = {}
    b = { path = "/b/", groups = ["x"], nested = { on = false } }
  }
}
variable "not_null" {
  type     = string
  nullable = false
  default  = "dflt"
}
variable "null_ok" {
  type    = string
  default = null
}
variable "secret" {
  type      = string
  default   = "hush"
  sensitive = true
}
variable "legacy" {
  type    = list(any)
  default = ["1", "2"]
}
variable "tupled" {
  type    = tuple([string, number, bool])
  default = ["a", "2", null]
}

locals {
  l      = ["a", "b", "c"]
  m      = { x = 1, y = 2 }
  nested = [{ a = [1, 2] }, { a = [3] }]
  s      = toset(["z", "y", "z"])
  empty  = []
  nul    = null
  num    = 3
  yes    = true
}
