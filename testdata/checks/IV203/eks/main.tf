# A cluster's own provider: its name is known only after apply, in the principal
# and in the keys of the conditions.
resource "aws_eks_cluster" "main" {
  name = "main"
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url            = aws_eks_cluster.main.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "one_account" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.cluster.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${replace(aws_iam_openid_connect_provider.cluster.url, "https://", "")}:sub"
      values   = ["system:serviceaccount:kube-system:aws-node"]
    }

    condition {
      test     = "StringEquals"
      variable = "${replace(aws_iam_openid_connect_provider.cluster.url, "https://", "")}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "one_account" {
  assume_role_policy = data.aws_iam_policy_document.one_account.json
}

data "aws_iam_policy_document" "no_audience" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF"] # want IV203/note "aws_iam_role.no_audience"
    }

    condition {
      test     = "StringLike"
      variable = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF:sub"
      values   = ["system:serviceaccount:kube-system:*"]
    }
  }
}

resource "aws_iam_role" "no_audience" {
  assume_role_policy = data.aws_iam_policy_document.no_audience.json
}

data "aws_iam_policy_document" "every_pod" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF"] # want IV203/medium "aws_iam_role.every_pod"
    }

    condition {
      test     = "StringEquals"
      variable = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "every_pod" {
  assume_role_policy = data.aws_iam_policy_document.every_pod.json
}
