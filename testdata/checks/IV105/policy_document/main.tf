# A policy document whose list comes from several places.
locals {
  offices = ["198.51.100.0/24"]
  vpn     = { ipv4 = "203.0.113.64/26", ipv6 = "::/0" }
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

data "aws_iam_policy_document" "root" {
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]

    condition {
      test     = "NotIpAddressIfExists"
      variable = "aws:SourceIp"
      values   = concat(local.offices, values(local.vpn)) # want IV105/medium "aws_organizations_policy.root"
    }

    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:SourceVpc"
      values   = ["vpc-0a1b2c3d4e5f60718"]
    }
  }
}

resource "aws_organizations_policy" "root" {
  name    = "root"
  content = data.aws_iam_policy_document.root.minified_json
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
