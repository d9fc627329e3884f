# Conditions that name nobody, and some that do.

# Anybody may call through AWS's MCP servers.
resource "aws_iam_role" "mcp" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.mcp"
      Condition = { Bool = { "aws:ViaAWSMCPService" = "true" }, StringEquals = { "aws:CalledViaAWSMCP" = "aws-mcp.amazonaws.com" } }
    }]
  })
}

# Nobody else names the server.
resource "aws_iam_role" "mcp_alone" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { Bool = { "aws:ViaAWSMCPService" = "false" }, StringEquals = { "aws:CalledViaAWSMCP" = "aws-mcp.amazonaws.com" } }
    }]
  })
}

# Glue issues credentials of any account.
resource "aws_iam_role" "glue" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.glue"
      Condition = { StringEquals = { "glue:CredentialIssuingService" = "glue.amazonaws.com" } }
    }]
  })
}

# What other services put into their sessions is not known.
resource "aws_iam_role" "service_key" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want? IV202 "aws_iam_role.service_key"
      Condition = { StringEquals = { "tomorrow:Session" = "x" } }
    }]
  })
}

resource "aws_iam_role" "later_key" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want? IV202 "aws_iam_role.later_key"
      Condition = { StringEquals = { "aws:KeyOfTomorrow" = "x" } }
    }]
  })
}

# A slip of the pen: no request carries it.
resource "aws_iam_role" "slip" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { StringEquals = { "aws:ExternalId" = "x" } }
    }]
  })
}

resource "aws_iam_role" "european" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.european.* every AWS account"
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws-eusc:iam::*:role/ci" } }
    }]
  })
}

resource "aws_iam_role" "secret_region" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.secret_region"
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws-iso-f:iam::*:role/ci" } }
    }]
  })
}

# The role's own account, and its own organization.
resource "aws_iam_role" "own_account" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { StringEquals = { "aws:PrincipalAccount" = "$${aws:ResourceAccount}" } }
    }]
  })
}

resource "aws_iam_role" "own_roles" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::$${aws:ResourceAccount}:role/*" } }
    }]
  })
}

resource "aws_iam_role" "own_organization" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } },
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" },
      Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "$${aws:ResourceOrgID}" } } },
    ]
  })
}

resource "aws_iam_role" "not_own_account" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.not_own_account"
      Condition = { StringNotEquals = { "aws:PrincipalAccount" = "$${aws:ResourceAccount}" } }
    }]
  })
}
