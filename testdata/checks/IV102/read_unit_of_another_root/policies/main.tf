# One root module declares the unit, another reads it.
data "aws_organizations_organization" "this" {}

data "aws_organizations_organizational_unit" "lab" {
  name      = "lab"
  parent_id = data.aws_organizations_organization.this.roots[0].id
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
  target_id = data.aws_organizations_organizational_unit.lab.id
}
