# for_each over ids that are known only after apply makes an attachment to each.
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

resource "aws_organizations_organizational_unit" "spare" {
  name      = "spare"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy" "root" { # want IV102/medium "not in accounts directly in the root and the unit 'spare'"
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
  for_each = toset([
    aws_organizations_organizational_unit.lab.id,
    aws_organizations_organizational_unit.shops.id,
  ])

  policy_id = aws_organizations_policy.root.id
  target_id = each.value
}
