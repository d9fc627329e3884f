# A resource control policy keeps the workflows of others out of the roles of the
# shop, whatever their trust policies say.
# want@+1 IV102 "No service control policy"
resource "aws_organizations_organization" "this" { # want IV105 "to known networks"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
}

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "shop@example.com"
}

resource "aws_organizations_account" "lab" {
  name  = "lab"
  email = "lab@example.com"
}

import {
  to = aws_organizations_account.shop
  id = "111122223333"
}

import {
  to = aws_organizations_account.lab
  id = "444455556666"
}

resource "aws_organizations_policy" "perimeter" {
  name = "perimeter"
  type = "RESOURCE_CONTROL_POLICY"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Resource  = "*"
      Condition = {
        StringNotLikeIfExists = { "token.actions.githubusercontent.com:sub" = "repo:example@*/*" }
        Null                  = { "token.actions.githubusercontent.com:sub" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "perimeter" {
  policy_id = aws_organizations_policy.perimeter.id
  target_id = aws_organizations_account.shop.id
}
