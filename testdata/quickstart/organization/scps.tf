locals {
  # The least a root user needs to register its own MFA device.
  mfa_enrolment = [
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
  ]

  # Where the root users of member accounts may come from.
  networks = [
    "198.51.100.0/24", # head office
    "203.0.113.64/26", # VPN
    "::/0",            # the VPN hands out IPv6 since May
  ]
}

# Root users do nothing without MFA.
data "aws_iam_policy_document" "root_mfa" {
  statement {
    sid         = "RootNeedsMFA"
    effect      = "Deny"
    not_actions = local.mfa_enrolment
    resources   = ["*"]

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:*:iam::*:root"]
    }

    # Central root sessions (sts:AssumeRoot) are someone else's business.
    condition {
      test     = "Null"
      variable = "aws:AssumedRoot"
      values   = ["true"]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

# Root users come from our networks only.
data "aws_iam_policy_document" "root_networks" {
  statement {
    sid       = "RootFromOurNetworks"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:*:iam::*:root"]
    }

    condition {
      test     = "Null"
      variable = "aws:AssumedRoot"
      values   = ["true"]
    }

    condition {
      test     = "NotIpAddressIfExists"
      variable = "aws:SourceIp"
      values   = local.networks
    }

    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:SourceVpc"
      values   = var.vpcs
    }

    condition {
      test     = "BoolIfExists"
      variable = "aws:ViaAWSService"
      values   = ["false"]
    }
  }
}

locals {
  organization_policies = {
    root-mfa      = data.aws_iam_policy_document.root_mfa.minified_json
    root-networks = data.aws_iam_policy_document.root_networks.minified_json
    stay          = local.stay
  }

  stay = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {
        "Sid": "StayInTheOrganization",
        "Effect": "Deny",
        "Action": "organizations:LeaveOrganization",
        "Resource": "*"
      }
    }
  JSON
}

resource "aws_organizations_policy" "organization" {
  for_each = local.organization_policies

  name    = each.key
  content = each.value
}

resource "aws_organizations_policy_attachment" "organization" {
  for_each = aws_organizations_policy.organization

  policy_id = each.value.id
  target_id = aws_organizations_organization.this.roots[0].id
}
