accounts = {
  log-archive = { unit = "security" }
  audit       = { unit = "security" }
  shop-prod   = { unit = "workloads" }
  shop-stage  = { unit = "workloads" }
  playground  = { unit = "sandbox" }
}

vpcs = ["vpc-0a1b2c3d4e5f60718"]
