trust_condition "aws:PrincipalOrgID" {
  test   = "StringEquals"
  values = ["o-a1b2c3d4e5"]
}
