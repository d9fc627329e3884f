# Other claims than the subject say whose repository it is, or do not.
resource "aws_iam_role" "workflow" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub"              = "repo:*"
          "token.actions.githubusercontent.com:job_workflow_ref" = "*/.github/workflows/release.yml@*" # want IV203/high "aws_iam_role.workflow.*job_workflow_ref matches theirs"
        }
      }
    }]
  })
}

resource "aws_iam_role" "own_workflow" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub"              = "repo:*"
          "token.actions.githubusercontent.com:job_workflow_ref" = "example/ci/.github/workflows/release.yml@*"
        }
      }
    }]
  })
}

resource "aws_iam_role" "repository" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub"        = "repo:*"
          "token.actions.githubusercontent.com:repository" = "example*" # want IV203/high "aws_iam_role.repository.*repository matches theirs"
        }
      }
    }]
  })
}

resource "aws_iam_role" "own_repositories" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub"        = "repo:*"
          "token.actions.githubusercontent.com:repository" = "example/*"
        }
      }
    }]
  })
}

# One owner cannot be both.
resource "aws_iam_role" "two_owners" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub"        = "repo:a*"
          "token.actions.githubusercontent.com:repository" = "b*"
        }
      }
    }]
  })
}

resource "aws_iam_role" "bot" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud"   = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:actor" = "dependabot[bot]" # want IV203/high "aws_iam_role.bot"
        }
        StringLike = { "token.actions.githubusercontent.com:sub" = "repo:*" }
      }
    }]
  })
}

resource "aws_iam_role" "not_denied" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:*" } # want IV203/high "aws_iam_role.not_denied"
      }
      }, {
      Effect    = "Deny"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { AWS = "*" }
      Condition = { StringNotLike = { "token.actions.githubusercontent.com:repository" = "*/deploy" } }
    }]
  })
}

resource "aws_iam_role" "denied" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:*" }
      }
      }, {
      Effect    = "Deny"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { AWS = "*" }
      Condition = { StringNotLike = { "token.actions.githubusercontent.com:repository" = "example/*" } }
    }]
  })
}
