# Control Tower's control denies root where it is enabled: in the only unit
# that has accounts, but not in the root.
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

resource "aws_controltower_control" "root" { # want IV102/medium "enable it there"
  control_identifier = "arn:aws:controltower:us-east-1::control/AWS-GR_RESTRICT_ROOT_USER"
  target_identifier  = aws_organizations_organizational_unit.workloads.arn
}
