# The advice on the audience names what the provider is registered with; where that
# names the customer, it is enough.
resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "https://gitlab.com"
  client_id_list = ["https://gitlab.com"]
}

resource "aws_iam_role" "gitlab" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.gitlab.arn } # want IV203/note "aws_iam_role.gitlab.*require .https://gitlab.com., which is all that it is registered with"
      Condition = {
        StringLike = { "gitlab.com:sub" = "project_path:example/shop:*" }
      }
    }]
  })
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com", "vault"]
}

resource "aws_iam_role" "github" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn } # want IV203/note "aws_iam_role.github.*require the one of .sts.amazonaws.com., .vault. that is meant"
      Condition = {
        StringLike = { "token.actions.githubusercontent.com:sub" = "repo:example@*/*" }
      }
    }]
  })
}

resource "aws_iam_openid_connect_provider" "pulumi" {
  url            = "https://api.pulumi.com/oidc"
  client_id_list = ["aws:example"]
}

resource "aws_iam_role" "pulumi" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.pulumi.arn }
      Condition = {
        StringLike = { "api.pulumi.com/oidc:sub" = "pulumi:*" } # want IV203/note "AWS refuses to make or change .aws_iam_role.pulumi.*api.pulumi.com/oidc:aud"
      }
    }]
  })
}
