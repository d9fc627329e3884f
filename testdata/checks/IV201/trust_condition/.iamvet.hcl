# Conditions that trust policies of this project have to impose.
trust_condition "aws:PrincipalOrgID" {
  test         = "StringEquals"
  values       = ["o-a1b2c3d4e5"]
  except_roles = ["vendor-*", "people-*"]
  severity     = "high"
  message      = "Only our own organization assumes roles (ADR 12)."
}

trust_condition "aws:MultiFactorAuthPresent" {
  test       = "Bool"
  values     = ["true"]
  principals = ["user"]
  roles      = ["people-*"]
}

trust_condition "sts:ExternalId" {
  test            = "StringLike"
  values          = ["?*"]
  roles           = ["vendor-*"]
  except_accounts = ["111122223333"]
}
