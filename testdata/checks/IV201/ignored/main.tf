# ignore_changes: Terraform applies no change of these policies. A fix does not
# reach what is deployed, also through a data source, and a good policy does not
# show it.
data "aws_iam_policy_document" "open" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:user/alice"]
    }
  }
}

resource "aws_iam_role" "through_document" {
  name               = "through-document"
  assume_role_policy = data.aws_iam_policy_document.open.json # want@-11 IV201/low "through_document"

  lifecycle {
    ignore_changes = [assume_role_policy]
  }
}

data "aws_iam_policy_document" "named" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:user/alice"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }
}

resource "aws_iam_role" "good" {
  name               = "good"
  assume_role_policy = data.aws_iam_policy_document.named.json # want? IV201 "aws_iam_role.good"

  lifecycle {
    ignore_changes = [tags, assume_role_policy]
  }
}

resource "aws_iam_role" "all" {
  name               = "all"
  assume_role_policy = data.aws_iam_policy_document.named.json # want? IV201 "aws_iam_role.all"

  lifecycle {
    ignore_changes = all
  }
}

resource "aws_iam_role" "other" {
  name               = "other"
  assume_role_policy = data.aws_iam_policy_document.named.json

  lifecycle {
    ignore_changes = [tags["owner"], description]
  }
}
