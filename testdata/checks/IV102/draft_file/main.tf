# Policies that stand in files of their own.
resource "aws_organizations_organization" "this" { # want IV102/high "aws_organizations_organization.this"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "deny_leaving" {
  name    = "deny_leaving"
  content = file("${path.module}/policies/deny_leaving.json")
}

resource "aws_organizations_policy_attachment" "deny_leaving" {
  policy_id = aws_organizations_policy.deny_leaving.id
  target_id = aws_organizations_organization.this.roots[0].id
}
