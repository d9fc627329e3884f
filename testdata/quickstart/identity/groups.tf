resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_policy_attachment" "people_read" {
  group      = aws_iam_group.people.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_group_policy" "people_mfa" {
  name   = "nothing-without-mfa"
  group  = aws_iam_group.people.name
  policy = data.aws_iam_policy_document.people_mfa.json
}

data "aws_iam_policy_document" "people_mfa" {
  statement {
    sid    = "NothingWithoutMFA"
    effect = "Deny"

    not_actions = [
      "iam:CreateVirtualMFADevice",
      "iam:EnableMFADevice",
      "iam:GetUser",
      "iam:ListMFADevices",
      "iam:ListVirtualMFADevices",
      "iam:ResyncMFADevice",
      "sts:GetSessionToken",
    ]

    resources = ["*"]

    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}
