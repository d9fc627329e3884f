# Parts of organization policies whose presence is not known.
variable "extra" {
  type = bool
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

# Root is stopped either way: by a statement for whom the key is absent, or by
# one for everything.
resource "aws_organizations_policy" "root" {
  name = "root"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect    = "Deny"
        Action    = "*"
        Resource  = "*"
        Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }, BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      }],
      [for s in [{
        Effect   = "Deny"
        Action   = "s3:DeleteBucket"
        Resource = "*"
      }] : s if var.extra],
    )
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
