# Root sessions alone remove no credentials.
resource "aws_organizations_organization" "this" { # want IV102/high "No service control policy"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]

  aws_service_access_principals = ["iam.amazonaws.com"]
}

resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootSessions"]
}
