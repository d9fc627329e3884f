# What a fix here refuses, it refuses in every root that calls the module.
variable "principals" {
  type = list(string)
}

data "aws_iam_policy_document" "trust" {
  statement { # want IV201 "aws_iam_role.developer"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.principals
    }
  }
}

resource "aws_iam_role" "developer" {
  name               = "developer"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

output "arn" {
  value = aws_iam_role.developer.arn
}
