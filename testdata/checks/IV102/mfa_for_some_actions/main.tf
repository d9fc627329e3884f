# A policy that asks everybody for MFA to delete things does what it says. It is
# no failed policy about root.
resource "aws_organizations_organization" "this" { # want IV102/high "No service control policy"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "deletion" {
  name = "mfa-for-deletion"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = ["ec2:TerminateInstances", "s3:DeleteBucket"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.deletion.id
  target_id = aws_organizations_organization.this.roots[0].id
}
