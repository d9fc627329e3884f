# A unit stands for all its accounts, where none of them is covered.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "lab" {
  name      = "lab"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_organizational_unit" "shops" {
  name      = "shops"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "bench" {
  name  = "bench"
  email = "aws+bench@example.com"

  parent_id = aws_organizations_organizational_unit.lab.id
}

resource "aws_organizations_account" "north" {
  name  = "north"
  email = "aws+north@example.com"

  parent_id = aws_organizations_organizational_unit.shops.id
}

resource "aws_organizations_account" "south" {
  name  = "south"
  email = "aws+south@example.com"

  parent_id = aws_organizations_organizational_unit.shops.id
}

resource "aws_organizations_policy" "root" { # want IV102/high "not in accounts directly in the root and the unit .shops. with its 2 accounts"
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
