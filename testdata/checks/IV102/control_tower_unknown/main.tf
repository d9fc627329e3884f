# Which control it is, is not known: it may deny root.
variable "control" {
  type = string
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "workloads" {
  name      = "workloads"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "aws+shop@example.com"

  parent_id = aws_organizations_organizational_unit.workloads.id
}

resource "aws_organizations_policy" "root" { # want IV102/medium "not in accounts directly in the root:"
  name = "root"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }
    }]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_account.shop.id
}

resource "aws_controltower_control" "some" {
  control_identifier = var.control
  target_identifier  = aws_organizations_organizational_unit.workloads.arn
}
