# Root may act without MFA, which is the other rule's to say.
resource "aws_organizations_organization" "this" { # want IV102 "No service control policy"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
