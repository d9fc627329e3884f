# People and groups come from modules, and only one group requires MFA.
module "person" {
  source   = "./person"
  for_each = toset(["alice", "bob"])

  name = each.key
}

module "with_mfa" {
  source = "./group"

  name        = "with-mfa"
  members     = [module.person["alice"].name]
  require_mfa = true
}

module "without_mfa" {
  source = "./group"

  name        = "without-mfa"
  members     = [module.person["bob"].name]
  require_mfa = false
}
