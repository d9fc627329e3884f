# Issuers that AWS knows to serve many customers, and what tells these apart: mostly
# the subject, the audience of Pulumi Cloud and Vercel, the session's name of Sentinel.
resource "aws_iam_role" "scalr" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/scalr.io" }
      Condition = {
        StringEquals = { "scalr.io:aud" = "aws.scalr-run-workload" }
        StringLike   = { "scalr.io:sub" = "account:*:environment:prod:*" } # want IV203/high "aws_iam_role.scalr"
      }
    }]
  })
}

resource "aws_iam_role" "scalr_account" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/scalr.io" }
      Condition = {
        StringEquals = { "scalr.io:aud" = "aws.scalr-run-workload" }
        StringLike   = { "scalr.io:sub" = "account:example:environment:*" }
      }
    }]
  })
}

resource "aws_iam_role" "audit_log" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/oidc-configuration.audit-log.githubusercontent.com" }
      Condition = {
        StringEquals = { "oidc-configuration.audit-log.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "oidc-configuration.audit-log.githubusercontent.com:sub" = "https://github.com/*" } # want IV203/high "aws_iam_role.audit_log"
      }
    }]
  })
}

resource "aws_iam_role" "audit_log_enterprise" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/oidc-configuration.audit-log.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "oidc-configuration.audit-log.githubusercontent.com:aud" = "sts.amazonaws.com"
          "oidc-configuration.audit-log.githubusercontent.com:sub" = "https://github.com/example"
        }
      }
    }]
  })
}

resource "aws_iam_role" "codefresh" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/oidc.codefresh.io" } # want IV203/high "aws_iam_role.codefresh"
      Condition = {
        StringEquals = { "oidc.codefresh.io:aud" = "https://g.codefresh.io" }
      }
    }]
  })
}

resource "aws_iam_role" "pulumi" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/api.pulumi.com/oidc" }
      Condition = {
        StringEquals = { "api.pulumi.com/oidc:aud" = "aws:example" }
      }
    }]
  })
}

resource "aws_iam_role" "pulumi_prefix" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/api.pulumi.com/oidc" }
      Condition = {
        StringLike = { "api.pulumi.com/oidc:aud" = "aws:example*" } # want IV203/high "aws_iam_role.pulumi_prefix.*aud matches theirs"
      }
    }]
  })
}

resource "aws_iam_role" "pulumi_nothing" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/api.pulumi.com/oidc" }
      Condition = {
        StringLike = { "api.pulumi.com/oidc:sub" = "pulumi:*" } # want IV203/high "aws_iam_role.pulumi_nothing.*on the subject keeps nobody out; require api.pulumi.com/oidc:aud"
      }
    }]
  })
}

resource "aws_iam_role" "vercel" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/oidc.vercel.com" }
      Condition = {
        StringEquals = { "oidc.vercel.com:aud" = "https://vercel.com/example" }
      }
    }]
  })
}

resource "aws_iam_role" "sentinel" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d" }
      Condition = {
        StringEquals = {
          "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d:aud" = "api://1462b192-27f7-4cb9-8523-0f4ecb54b47e"
          "sts:RoleSessionName"                                      = "MicrosoftSentinel_0184990a-477b-4fa8-9968-496074483cee"
        }
      }
    }]
  })
}

resource "aws_iam_role" "sentinel_open" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d" } # want IV203/high "aws_iam_role.sentinel_open.*require sts:RoleSessionName"
      Condition = {
        StringEquals = { "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d:aud" = "api://1462b192-27f7-4cb9-8523-0f4ecb54b47e" }
      }
    }]
  })
}
