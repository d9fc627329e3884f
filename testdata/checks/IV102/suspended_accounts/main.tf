# A policy that denies everything in one unit is not one to attach everywhere.
resource "aws_organizations_organization" "this" { # want IV102/high "everything is denied in the unit .suspended."
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "suspended" {
  name      = "suspended"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy" "nothing" {
  name = "nothing"

  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.nothing.id
  target_id = aws_organizations_organizational_unit.suspended.id
}
