# What strangers have as well binds nobody: a branch, a protected ref, an access
# level in their own project.
resource "aws_iam_role" "gitlab_push" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/gitlab.com" } # want IV203/high "aws_iam_role.gitlab_push"
      Condition = {
        StringEquals = {
          "gitlab.com:aud"             = "https://gitlab.com"
          "gitlab.com:pipeline_source" = "push"
        }
      }
    }]
  })
}

resource "aws_iam_role" "gitlab_protected" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/gitlab.com" }
      Condition = {
        StringEquals = {
          "gitlab.com:aud"               = "https://gitlab.com"
          "gitlab.com:ref_protected"     = "true"
          "gitlab.com:user_access_level" = "owner"
        }
        StringLike = { "gitlab.com:sub" = "project_path:*" } # want IV203/high "aws_iam_role.gitlab_protected"
      }
    }]
  })
}

resource "aws_iam_role" "gitlab_group" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/gitlab.com" }
      Condition = {
        StringEquals = {
          "gitlab.com:aud"          = "https://gitlab.com"
          "gitlab.com:namespace_id" = "42"
        }
        StringLike = { "gitlab.com:sub" = "project_path:*" }
      }
    }]
  })
}

resource "aws_iam_role" "buildkite_branch" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com" }
      Condition = {
        StringEquals = {
          "agent.buildkite.com:aud"           = "sts.amazonaws.com"
          "agent.buildkite.com:build_branch"  = "main"
          "agent.buildkite.com:pipeline_slug" = "deploy"
        }
        StringLike = { "agent.buildkite.com:sub" = "organization:*" } # want IV203/high "aws_iam_role.buildkite_branch"
      }
    }]
  })
}

resource "aws_iam_role" "buildkite_organization" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com" }
      Condition = {
        StringEquals = {
          "agent.buildkite.com:aud"               = "sts.amazonaws.com"
          "agent.buildkite.com:organization_slug" = "example"
        }
        StringLike = { "agent.buildkite.com:sub" = "organization:*" }
      }
    }]
  })
}
