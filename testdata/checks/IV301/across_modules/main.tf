# The user is made in one module and the key in another.
module "user" {
  source = "./user"
}

module "key" {
  source = "./key"
  user   = module.user.name
}
