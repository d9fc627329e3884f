# A module is judged by what its callers pass, not by its defaults.
module "ci" {
  source = "./key"
  user   = "ci"
}
