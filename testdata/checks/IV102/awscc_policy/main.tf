# The policy lists its targets itself, and is an object.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "awscc_organizations_policy" "root" {
  name       = "root"
  type       = "SERVICE_CONTROL_POLICY"
  target_ids = [aws_organizations_organization.this.roots[0].id]

  content = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }
    }]
  }
}
