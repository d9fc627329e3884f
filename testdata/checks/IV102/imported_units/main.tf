# The import block says which unit the literal id is.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
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

import {
  to = aws_organizations_organizational_unit.lab
  id = "ou-ab12-12345678"
}

resource "aws_organizations_policy" "root" { # want IV102/medium "not in accounts directly in the root:"
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
  target_id = "ou-ab12-12345678"
}
