data "aws_iam_policy_document" "deny-leaving" {
  statement {
    sid       = "DenyLeaving"
    effect    = "Deny"
    actions   = ["organizations:LeaveOrganization"]
    resources = ["*"]
  }
}

resource "aws_organizations_policy" "deny-leaving" {
  name    = "DenyLeaving"
  content = data.aws_iam_policy_document.deny-leaving.minified_json
}

resource "aws_organizations_policy_attachment" "deny-leaving" {
  policy_id = aws_organizations_policy.deny-leaving.id
  target_id = local.root_id
}
