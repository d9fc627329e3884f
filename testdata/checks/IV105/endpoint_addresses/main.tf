# Private networks of one's own VPC endpoints alone: a stranger's endpoint has them too.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "network" {
  name = "network"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        NotIpAddress = { "aws:VpcSourceIp" = "10.0.0.0/8" } # want IV105/medium "aws_organizations_policy.network.*name your own VPC"
        Bool         = { "aws:ViaAWSService" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "network" {
  policy_id = aws_organizations_policy.network.id
  target_id = aws_organizations_organization.this.roots[0].id
}
