# No policy confines the root users, and none is configured.
resource "aws_organizations_organization" "this" { # want IV105/low "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
