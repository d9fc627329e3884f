# The policy is attached to every unit, but not to the root: an account
# outside of them would not be covered.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "this" {
  for_each = toset(["workloads", "sandbox"])

  name      = each.key
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "playground" {
  name      = "playground"
  email     = "aws+playground@example.com"
  parent_id = aws_organizations_organizational_unit.this["sandbox"].id
}

resource "aws_organizations_policy" "root" { # want IV102/medium "aws_organizations_policy.root"
  name = "root"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Deny"
        NotAction = [
          "iam:CreateVirtualMFADevice",
          "iam:EnableMFADevice",
          "iam:GetUser",
          "iam:ListMFADevices",
          "iam:ListVirtualMFADevices",
          "iam:ResyncMFADevice",
          "sts:GetSessionToken",
        ]
        Resource = "*"
        Condition = {
          StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
        }
      },
    ]
  })
}

resource "aws_organizations_policy_attachment" "unit" {
  for_each = aws_organizations_organizational_unit.this

  policy_id = aws_organizations_policy.root.id
  target_id = each.value.id
}
