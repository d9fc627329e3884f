output "root_secret" {
  value     = module.root_key.secret
  sensitive = true
}

output "ci_secret" {
  value     = module.ci_key.secret
  sensitive = true
}
