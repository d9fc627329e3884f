# What a NotAction may exempt beside what enrols a device decides.
variable "strict" {
  type = bool
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

data "aws_iam_policy_document" "root" {
  statement {
    effect      = "Deny"
    not_actions = concat(["iam:EnableMFADevice"], var.strict ? [] : ["ec2:RunInstances"]) # want? IV102 "aws_organizations_policy.root"
    resources   = ["*"]

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:aws:iam::*:root"]
    }

    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_organizations_policy" "root" {
  name    = "root"
  content = data.aws_iam_policy_document.root.json
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
