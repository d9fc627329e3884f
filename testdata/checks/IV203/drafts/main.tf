# What is drafted matches repositories with ids as well, and asks for the audience
# that the provider is registered with; of Pulumi Cloud, that is the organization.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["https://github.com/example"]
}

resource "aws_iam_role" "github" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn } # want IV203/high "aws_iam_role.github"
    }]
  })
}

resource "aws_iam_role" "pulumi" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/api.pulumi.com/oidc" } # want IV203/high "aws_iam_role.pulumi"
    }]
  })
}
