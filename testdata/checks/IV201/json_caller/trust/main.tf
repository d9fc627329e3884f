# The role that has this trust policy is declared in JSON; a fix here reaches it.
data "aws_iam_policy_document" "trust" {
  statement { # want IV201 "aws_iam_role.reader"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
}

output "json" {
  value = data.aws_iam_policy_document.trust.json
}
