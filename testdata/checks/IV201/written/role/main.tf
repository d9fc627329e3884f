# A role for people of the account.

variable "name" {
  type = string
}

data "aws_iam_policy_document" "trust" {
  statement { # want IV201 "module.ci.aws_iam_role.this"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
