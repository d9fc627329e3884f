# AWS makes condition keys of some claims only. A condition on another holds with
# IfExists, and never without.
resource "aws_iam_role" "github_owner" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" } # want IV203/high "aws_iam_role.github_owner"
      Condition = {
        StringEquals         = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringEqualsIfExists = { "token.actions.githubusercontent.com:repository_owner" = "example" }
      }
    }]
  })
}

resource "aws_iam_role" "github_enterprise" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals         = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringEqualsIfExists = { "token.actions.githubusercontent.com:enterprise" = "example" }
        StringLike           = { "token.actions.githubusercontent.com:sub" = "repo:*" } # want IV203/high "aws_iam_role.github_enterprise"
      }
    }]
  })
}

resource "aws_iam_role" "gitlab_namespace" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/gitlab.com" }
      Condition = {
        StringEquals         = { "gitlab.com:aud" = "https://gitlab.com" }
        StringEqualsIfExists = { "gitlab.com:namespace_path" = "example" }
        StringLike           = { "gitlab.com:sub" = "project_path:*" } # want IV203/high "aws_iam_role.gitlab_namespace"
      }
    }]
  })
}

resource "aws_iam_role" "terraform_organization" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/app.terraform.io" }
      Condition = {
        StringEquals         = { "app.terraform.io:aud" = "aws.workload.identity" }
        StringEqualsIfExists = { "app.terraform.io:terraform_organization_id" = "org-abc" }
        StringLike           = { "app.terraform.io:sub" = "organization:*:project:prod:*" } # want IV203/high "aws_iam_role.terraform_organization"
      }
    }]
  })
}

resource "aws_iam_role" "enterprise_cloud" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.example.ghe.com" } # want IV203/medium "aws_iam_role.enterprise_cloud"
      Condition = {
        StringEquals         = { "token.actions.example.ghe.com:aud" = "sts.amazonaws.com" }
        StringEqualsIfExists = { "token.actions.example.ghe.com:repository_owner" = "example" }
      }
    }]
  })
}

resource "aws_iam_role" "nobody" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = { # want IV203/note "No token can assume .aws_iam_role.nobody.*workflow_ref, and AWS makes no condition key of that claim"
          "token.actions.githubusercontent.com:sub"          = "repo:example/*"
          "token.actions.githubusercontent.com:workflow_ref" = "example/shop/.github/workflows/deploy.yml@*"
        }
      }
    }]
  })
}

resource "aws_iam_role" "other_provider" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "gitlab.com:sub" = "project_path:example/*" } # want IV203/note "No token can assume .aws_iam_role.other_provider.*gitlab.com:sub, but the keys of tokens of this provider begin with token.actions.githubusercontent.com:"
      }
    }]
  })
}
