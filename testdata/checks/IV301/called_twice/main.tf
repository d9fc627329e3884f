# Two calls of a module make a key each, and hand it on: what sets one Inactive there
# sets both.
module "backup" {
  source = "./user"
  name   = "backup"
}

module "mail" {
  source = "./user"
  name   = "mail"
}

# What is done with the key, only people know.
resource "null_resource" "backup" {
  triggers = {
    key = module.backup.key
  }
}
