# What the expressions beside it may refer to.
resource "terraform_data" "unknown" {}

variable "text" { default = "text" }
variable "number" { default = 3 }
variable "none" {
  type    = string
  default = null
}
variable "any_list" {
  type    = list(any)
  default = [1, "two", true]
}
variable "any_maps" {
  type    = list(map(any))
  default = [{ a = 1 }, { b = "two", c = true }]
}
variable "any_map_of_lists" {
  type    = map(list(any))
  default = { a = [1, 2], b = ["x"] }
}
variable "any_objects" {
  type    = list(object({ a = any }))
  default = [{ a = 1 }, { a = "x" }]
}
variable "any_set" {
  type    = set(any)
  default = [1, "1", true]
}
variable "any_map_of_maps" {
  type    = map(map(any))
  default = { x = { a = true }, y = { a = "b", c = null } }
}
variable "any_any" {
  type    = any
  default = [{ a = 1 }, { a = "x" }]
}
variable "any_map" {
  type    = map(any)
  default = { a = { x = 1 }, b = { x = "s" } }
}
variable "optional" {
  type = object({
    a = string
    b = optional(string)
    c = optional(number, 5)
    d = optional(list(string), ["d"])
    e = optional(object({ f = optional(bool, true), g = optional(string) }), {})
  })
  default = { a = 1, e = { g = 2 }, extra = "dropped" }
}
variable "optional_list" {
  type    = list(object({ n = string, p = optional(number, 80) }))
  default = [{ n = "a" }, { n = "b", p = null }, { n = "c", p = "8080" }]
}
variable "optional_map" {
  type    = map(object({ on = optional(bool, false), tags = optional(map(string), { k = 1 }) }))
  default = { x = {}, y = { on = "true", tags = null } }
}
variable "tuple" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}
variable "numbers" {
  type    = list(number)
  default = ["1", 2, "3.50"]
}
variable "strings" {
  type    = set(string)
  default = ["b", "a", "b", 1, true]
}
variable "bools" {
  type    = map(bool)
  default = { a = "true", b = false }
}
variable "secret" {
  type      = object({ k = string })
  default   = { k = "v" }
  sensitive = true
}
variable "not_null" {
  type     = list(string)
  default  = ["default"]
  nullable = false
}

locals {
  list   = ["a", "b", "c"]
  mixed  = ["a", 1, true, null]
  map    = { b = 2, a = 1, "c d" = 3 }
  nested = { list = [{ k = "x", n = [1, 2] }, { k = "y", n = [] }], none = null }
  heredoc = <<-EOT
    one
      two
    ${local.list[0]} %{if true}yes%{else}no%{endif}
  EOT
  plain = <<EOT
  kept ${"indent"}
EOT
}
