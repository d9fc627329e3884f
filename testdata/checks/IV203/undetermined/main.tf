# Whose repository it is, is not in the configuration.
variable "repository" {
  type = string
}

variable "policy" {
  type = string
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
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:${var.repository}:*" } # want? IV203/high "aws_iam_role.repository"
      }
    }]
  })
}

# Whatever the branch is, the repository is one of ours.
resource "aws_iam_role" "branch" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:example/shop:ref:refs/heads/${var.repository}" }
      }
    }]
  })
}

# Whatever the subject is, it is one; and the audience is a note at most.
variable "subject" {
  type = string
}

variable "audiences" {
  type = list(string)
}

resource "aws_iam_role" "subject" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = var.audiences
          "token.actions.githubusercontent.com:sub" = var.subject
        }
      }
    }]
  })
}

# Of a policy that is not known at all other rules speak.
resource "aws_iam_role" "policy" {
  assume_role_policy = var.policy
}

# A wildcard, for all that is known.
variable "owner" {
  type = string
}

resource "aws_iam_role" "owner" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:${var.owner}/shop:ref:refs/heads/main" } # want? IV203/high "aws_iam_role.owner"
      }
    }]
  })
}
