# Whether another service may assume the role is not known, but it is a service.
variable "outpost" {
  type = bool
}

data "aws_iam_policy_document" "cluster" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }

    dynamic "principals" {
      for_each = var.outpost ? [1] : []

      content {
        type        = "Service"
        identifiers = ["ec2.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "cluster" {
  assume_role_policy = data.aws_iam_policy_document.cluster.json
}

# Principals of AWS that may be there are another matter.
data "aws_iam_policy_document" "anybody" {
  statement { # want? IV202/high "aws_iam_role.anybody" want? IV201/medium "aws_iam_role.anybody"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }

    dynamic "principals" {
      for_each = var.outpost ? [1] : []

      content {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}

resource "aws_iam_role" "anybody" {
  assume_role_policy = data.aws_iam_policy_document.anybody.json
}
