# A module that makes people and programs: only those with a password are bound.
module "alice" {
  source  = "./user"
  name    = "alice"
  console = true
}

module "build" {
  source = "./user"
  name   = "build"
}
