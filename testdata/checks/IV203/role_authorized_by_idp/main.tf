# The people who run a provider name the roles of each token. Of a provider that
# everybody gets tokens of, it is not known whether its customers may.
resource "aws_iam_role" "own" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/idp.example.com" }
      Condition = {
        StringEquals = { "idp.example.com:aud" = "sts.amazonaws.com" }
        Bool         = { "sts:RoleAuthorizedByIdp" = "true" }
      }
    }]
  })
}

resource "aws_iam_role" "own_without" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/idp.example.com" } # want IV203/medium "aws_iam_role.own_without"
      Condition = {
        StringEquals = { "idp.example.com:aud" = "sts.amazonaws.com" }
        Bool         = { "sts:RoleAuthorizedByIdp" = "false" }
      }
    }]
  })
}

resource "aws_iam_role" "shared" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" } # want? IV203/high "aws_iam_role.shared"
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        Bool         = { "sts:RoleAuthorizedByIdp" = "true" }
      }
    }]
  })
}
