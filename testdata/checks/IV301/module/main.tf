# A module that makes users, with a key where its caller asks for one.
module "people" {
  source   = "./user"
  for_each = toset(["alice", "bob"])

  name    = each.key
  console = true
}

module "ci" {
  source = "./user"

  name = "ci"
  key  = true
}
