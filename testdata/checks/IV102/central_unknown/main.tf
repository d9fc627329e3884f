# Whether root access is managed centrally is not known.
variable "features" {
  type = set(string)
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]

  aws_service_access_principals = ["iam.amazonaws.com"]
}

resource "aws_iam_organizations_features" "this" { # want? IV102 "enables"
  enabled_features = var.features
}
