# Conditions that leave only role sessions, as IAM Identity Center's: low, and
# aws:username is no remedy for them.
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "administrators" {
  statement { # want IV201/low "aws_iam_role.administrators.*role sessions have no aws:username"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Administrator_*"]
    }
  }
}

resource "aws_iam_role" "administrators" {
  assume_role_policy = data.aws_iam_policy_document.administrators.json
}

# The name has to be that of the caller's own session: nothing to say.
resource "aws_iam_role" "own_session" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringLike = { "aws:userid" = "*:$${sts:RoleSessionName}" } }
    }]
  })
}

# Who has one of these ids is admitted, under any name.
resource "aws_iam_role" "by_id" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.by_id"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringLike = { "aws:userid" = "AROAEXAMPLEEXAMPLE12:*" } }
    }]
  })
}

resource "aws_iam_role" "hub" {
  name               = "hub"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "by_id_of_hub" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.by_id_of_hub"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringLike = { "aws:userid" = "${aws_iam_role.hub.unique_id}:*" } }
    }]
  })
}

# A date that is not known lets somebody in, some day.
resource "aws_iam_role" "until_tomorrow" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.until_tomorrow"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { DateLessThan = { "aws:CurrentTime" = timeadd(plantimestamp(), "24h") } }
    }]
  })
}

# Whoever they are, they are roles, and none of them is everybody.
data "aws_iam_roles" "administrators" {
  name_regex  = "AWSReservedSSO_Administrator_.*"
  path_prefix = "/aws-reserved/sso.amazonaws.com/"
}

resource "aws_iam_role" "by_search" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.by_search"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = tolist(data.aws_iam_roles.administrators.arns) }
    }]
  })
}
