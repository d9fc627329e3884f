# Two calls of one module pass the root user: one finding, where the text is.
module "first" {
  source = "./key"
  user   = "root"
}

module "second" {
  source = "./key"
  user   = "Root"
}

module "third" {
  source = "./key"
  user   = "ci"
}
