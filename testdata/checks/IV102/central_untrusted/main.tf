# AWS refuses central root management without trusted access for IAM.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_iam_organizations_features" "this" { # want IV102/high "does not trust iam.amazonaws.com"
  enabled_features = ["RootCredentialsManagement"]
}
