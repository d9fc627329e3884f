# One root module declares the unit, another reads it.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "lab" {
  name      = "lab"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "bench" {
  name  = "bench"
  email = "aws+bench@example.com"

  parent_id = aws_organizations_organizational_unit.lab.id
}
