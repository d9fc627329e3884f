# Whether a second document is merged is not known; none overrides. Both policies
# that there may be let everybody in.
variable "github" {
  type = bool
}

data "aws_iam_policy_document" "anyone" {
  statement { # want IV201/high "aws_iam_role.deploy"
    sid     = "Anyone"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"] # want IV202/high "aws_iam_role.deploy"
    }
  }
}

data "aws_iam_policy_document" "github" {
  statement {
    sid     = "GitHub"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:example/deploy:ref:refs/heads/main"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents = concat(
    [data.aws_iam_policy_document.anyone.json],
    var.github ? [data.aws_iam_policy_document.github.json] : [],
  )
}

resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.all.json
}
