# Two calls of one module: only the user of one has a console password, and only of
# that one it is said.
module "machine" {
  source = "./bot"
  name   = "machine"
}

module "person" {
  source = "./bot"
  name   = "person"
}

resource "aws_iam_user_login_profile" "person" {
  user = module.person.name
}
