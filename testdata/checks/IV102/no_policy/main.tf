# An organization without any policy about its root users.
resource "aws_organizations_organization" "this" { # want IV102/high "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
