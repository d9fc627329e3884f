# Where it is attached is an output of another module that is not at hand.
module "lookup" {
  source = "github.com/example/modules//lookup"
}

module "leave" {
  source = "../scp"
  target = module.lookup.unit
}
