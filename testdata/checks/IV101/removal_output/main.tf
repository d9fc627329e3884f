# A module that makes other things as well: the key goes, and its outputs.

module "legacy" {
  source = "./user"
}

output "legacy_key" {
  value = module.legacy.key_id
}
