# Principals that are not known, but that cannot be everybody; nothing to say.
data "aws_caller_identity" "current" {}

data "aws_organizations_organization" "current" {}

data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

variable "accounts" {
  type = list(string)
}

resource "aws_iam_role" "caller" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = [data.aws_caller_identity.current.arn, "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"] }
    }]
  })
}

resource "aws_iam_role" "session" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = data.aws_iam_session_context.current.issuer_arn }
    }]
  })
}

# Whoever they are, they are of the organization.
resource "aws_iam_role" "organization" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.accounts }
      Condition = { StringEquals = { "aws:PrincipalOrgID" = data.aws_organizations_organization.current.id } }
    }]
  })
}

# Roles that are looked up, all of them or the one that there is.
data "aws_iam_roles" "administrators" {
  name_regex = "AWSReservedSSO_Administrator_.*"
}

data "aws_iam_policy_document" "looked_up" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = data.aws_iam_roles.administrators.arns
    }
  }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [one(data.aws_iam_roles.administrators.arns), tolist(data.aws_iam_roles.administrators.arns)[0]]
    }
  }
}

resource "aws_iam_role" "looked_up" {
  assume_role_policy = data.aws_iam_policy_document.looked_up.json
}

resource "aws_iam_role" "all_looked_up" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = data.aws_iam_roles.administrators.arns }
    }]
  })
}
