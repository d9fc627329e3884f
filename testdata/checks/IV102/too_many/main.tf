# AWS lets ten policies be attached to a node, FullAWSAccess among them.
resource "aws_organizations_organization" "this" { # want IV102/note "13 service control policies"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "root" {
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
  target_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy" "more" {
  count = 12

  name = "more-${count.index}"

  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "more" {
  count = 12

  policy_id = aws_organizations_policy.more[count.index].id
  target_id = aws_organizations_organization.this.roots[0].id
}
