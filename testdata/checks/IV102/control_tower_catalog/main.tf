# The control by the identifier of the Control Catalog, in the unit of an account.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "workloads" {
  name      = "workloads"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "aws+shop@example.com"

  parent_id = aws_organizations_organizational_unit.workloads.id
}

resource "aws_organizations_account" "lab" {
  name  = "lab"
  email = "aws+lab@example.com"
}

resource "aws_controltower_control" "root" { # want IV102/high "aws_organizations_account.lab"
  control_identifier = "arn:aws:controlcatalog:::control/5kvme4m5d2b4d7if2fs5yg2ui"
  target_identifier  = aws_organizations_organizational_unit.workloads.arn
}
