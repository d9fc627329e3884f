trust_condition "aws:MultiFactorAuthPresent" {
  test       = "Bool"
  values     = ["true"]
  principals = ["user"]
}

trust_condition "aws:PrincipalOrgID" {
  test   = "StringEquals"
  values = ["o-a1b2c3d4e5", "o-f6a7b8c9d0"]
}
