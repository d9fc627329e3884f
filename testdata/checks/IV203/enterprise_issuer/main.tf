# An issuer of one enterprise: its keys have the whole address, path included.
resource "aws_iam_role" "with_path" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/example-corp" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com/example-corp:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com/example-corp:sub" = "repo:example/shop:ref:refs/heads/main"
        }
      }
    }]
  })
}

resource "aws_iam_role" "without_path" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/example-corp" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:sub" = "repo:example/shop:ref:refs/heads/main" } # want IV203/note "No token can assume .aws_iam_role.without_path"
      }
    }]
  })
}

resource "aws_iam_role" "no_subject" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/example-corp" } # want IV203/medium "aws_iam_role.no_subject"
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com/example-corp:aud" = "sts.amazonaws.com" }
      }
    }]
  })
}
