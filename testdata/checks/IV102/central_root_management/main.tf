# Central management of root access can remove the credentials; it does not
# show that it did.
resource "aws_organizations_organization" "this" {
  feature_set                   = "ALL"
  enabled_policy_types          = ["SERVICE_CONTROL_POLICY"]
  aws_service_access_principals = ["iam.amazonaws.com"]
}

resource "aws_iam_organizations_features" "this" { # want IV102/note "aws_iam_organizations_features.this"
  enabled_features = ["RootCredentialsManagement", "RootSessions"]
}
