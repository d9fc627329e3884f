# Cloud Control's units and accounts.
resource "awscc_organizations_organization" "this" {
  feature_set = "ALL"
}

resource "awscc_organizations_organizational_unit" "lab" {
  name      = "lab"
  parent_id = awscc_organizations_organization.this.root_id
}

resource "awscc_organizations_account" "bench" {
  account_name = "bench"
  email        = "aws+bench@example.com"
  parent_ids   = [awscc_organizations_organizational_unit.lab.id]
}

resource "aws_organizations_policy" "root" { # want IV102/medium "accounts directly in the root"
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
  target_id = awscc_organizations_organizational_unit.lab.id
}
