# A module that makes nothing but a key: the call that makes it for root goes.

module "root_key" {
  source = "./keys"
  user   = "root"
}

module "ci_key" {
  source = "./keys"
  user   = "ci"
}
