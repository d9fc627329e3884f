# Buildkite signs session tags of the builder's own organization.
resource "aws_iam_role" "organization" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com" }
      Condition = {
        StringEquals = {
          "agent.buildkite.com:aud"        = "sts.amazonaws.com"
          "aws:RequestTag/organization_id" = "0184990a-477b-4fa8-9968-496074483cee"
        }
        StringLike = { "agent.buildkite.com:sub" = "organization:*" }
      }
    }]
  })
}

resource "aws_iam_role" "no_subject" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com" }
      Condition = {
        StringEquals = {
          "agent.buildkite.com:aud"          = "sts.amazonaws.com"
          "aws:RequestTag/organization_slug" = "example"
        }
      }
    }]
  })
}

resource "aws_iam_role" "if_exists" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com" }
      Condition = {
        StringEquals         = { "agent.buildkite.com:aud" = "sts.amazonaws.com" }
        StringEqualsIfExists = { "aws:RequestTag/organization_slug" = "example" } # want IV203/high "aws_iam_role.if_exists.*on aws:RequestTag/organization_slug keeps nobody out"
      }
    }]
  })
}

resource "aws_iam_role" "pipeline" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com" } # want IV203/high "aws_iam_role.pipeline"
      Condition = {
        StringEquals = {
          "agent.buildkite.com:aud"      = "sts.amazonaws.com"
          "aws:RequestTag/pipeline_slug" = "deploy"
        }
      }
    }]
  })
}
