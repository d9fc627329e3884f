# The organization in one root module, the policy in another.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_account" "bench" {
  name  = "bench"
  email = "aws+bench@example.com"
}
