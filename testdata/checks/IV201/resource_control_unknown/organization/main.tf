# A resource control policy binds the names of sessions in the shop, if such
# policies have any effect, which nothing here says.
variable "more_policy_types" {
  type = list(string)
}

# want@+1 IV102 "No service control policy"
resource "aws_organizations_organization" "this" { # want IV105 "to known networks"
  enabled_policy_types = concat(["SERVICE_CONTROL_POLICY"], var.more_policy_types)
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

resource "aws_organizations_policy" "names" {
  name = "sessions-are-named-after-users"
  type = "RESOURCE_CONTROL_POLICY"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "sts:AssumeRole"
      Resource  = "*"
      Condition = {
        StringNotEquals = { "sts:RoleSessionName" = "$${aws:username}" }
        Bool            = { "aws:PrincipalIsAWSService" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "names" {
  policy_id = aws_organizations_policy.names.id
  target_id = aws_organizations_account.shop.id
}
