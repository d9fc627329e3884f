# Another role names the organization: the one that anybody may assume can be
# confined to it.
data "aws_iam_policy_document" "ours" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-a1b2c3d4e5"]
    }
  }
}

resource "aws_iam_role" "ours" {
  assume_role_policy = data.aws_iam_policy_document.ours.json
}

data "aws_iam_policy_document" "anyone" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"] # want IV202/high "aws_iam_role.anyone"
    }
  }
}

resource "aws_iam_role" "anyone" {
  assume_role_policy = data.aws_iam_policy_document.anyone.json
}
