# Which types are enabled is for those who use this to say.
variable "types" {
  type    = list(string)
  default = []
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = var.types # want? IV102 "which policy types"
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
