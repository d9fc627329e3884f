# People deploy under their own name.
module "deploy" {
  source   = "../modules/deploy-role"
  for_each = toset(["stage", "prod"])

  name             = "deploy-${each.key}"
  trusted_accounts = [var.staff_account]
}

# People of the staff account who look after customers.
data "aws_iam_policy_document" "support_trust" {
  statement {
    sid     = "Staff"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.staff_account}:root"]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

resource "aws_iam_role" "support" {
  name                 = "support"
  assume_role_policy   = data.aws_iam_policy_document.support_trust.json
  max_session_duration = 4 * 60 * 60
}

# A function: AWS picks the session name.
data "aws_iam_policy_document" "lambda_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "thumbnails" {
  name               = "thumbnails"
  assume_role_policy = data.aws_iam_policy_document.lambda_trust.json
}

# GitHub Actions, main branch only.
resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_role" "publish" {
  name = "publish"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = [
            for r in var.github_repositories : "repo:${r}:ref:refs/heads/main"
          ]
        }
      }
    }]
  })
}
