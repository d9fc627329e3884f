module "team" {
  source   = "./modules/team"
  for_each = { red = ["ann", "ben"], blue = [] }
  name     = each.key
  members  = each.value
  prefix   = null
}
module "pair" {
  source = "./modules/leaf"
  count  = 2
  value  = count.index
}
module "one" {
  source = "./modules/leaf"
  value  = module.pair[1].value
}
module "none" {
  source = "./modules/leaf"
  count  = 0
  value  = "never"
}
output "mod_each" { value = { for k, m in module.team : k => m.labels } }
output "mod_index" { value = [module.team["red"].labels, module.pair[0].value, module.pair[*].value, module.one.value, module.none[*].value] }
output "mod_try" { value = try(module.none[0].value, "absent") }
output "mod_values" { value = [for m in values(module.team) : m.count] }
output "mod_whole" { value = module.one }
output "mod_paths" { value = [module.one.where, module.team["red"].deep] }
output "mod_keys" { value = keys(module.team) }
