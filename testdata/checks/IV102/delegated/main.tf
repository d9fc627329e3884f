# A delegated administrator may attach the policy elsewhere.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_account" "security" {
  name  = "security"
  email = "aws+security@example.com"
}

resource "aws_organizations_delegated_administrator" "security" {
  account_id        = aws_organizations_account.security.id
  service_principal = "config.amazonaws.com"
}

resource "aws_organizations_policy" "root" { # want? IV102 "lets policies be attached from elsewhere"
  name = "root"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }
    }]
  })
}
