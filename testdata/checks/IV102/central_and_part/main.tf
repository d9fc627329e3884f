# Central management, and a policy that covers a part: the note names the rest.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]

  aws_service_access_principals = ["iam.amazonaws.com"]
}

resource "aws_organizations_organizational_unit" "lab" {
  name      = "lab"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "bench" {
  name  = "bench"
  email = "aws+bench@example.com"

  parent_id = aws_organizations_organizational_unit.lab.id
}

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "aws+shop@example.com"
}

resource "aws_iam_organizations_features" "this" { # want IV102/note "does not cover accounts directly in the root and the account 'shop'"
  enabled_features = ["RootCredentialsManagement"]
}

resource "aws_organizations_policy" "root" {
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

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organizational_unit.lab.id
}
