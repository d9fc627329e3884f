# AWS keeps the address of a provider without https://, and so the keys of its
# tokens are named, though the configuration writes it with.
resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "https://gitlab.com"
  client_id_list = ["https://gitlab.com"]
}

data "aws_iam_policy_document" "ours" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.gitlab.arn]
    }

    condition {
      test     = "StringLike"
      variable = "${aws_iam_openid_connect_provider.gitlab.url}:sub"
      values   = ["project_path:example/*:ref_type:branch:ref:main"]
    }

    condition {
      test     = "StringEquals"
      variable = "${aws_iam_openid_connect_provider.gitlab.url}:aud"
      values   = aws_iam_openid_connect_provider.gitlab.client_id_list
    }
  }
}

resource "aws_iam_role" "ours" {
  assume_role_policy = data.aws_iam_policy_document.ours.json
}

# Without conditions it is the public GitLab all the same.
resource "aws_iam_role" "open" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.gitlab.arn } # want IV203/high "aws_iam_role.open"
    }]
  })
}
