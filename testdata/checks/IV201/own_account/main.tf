# The account is not known, but it is the same one wherever it is named, in the
# ARNs of its users and roles too.
data "aws_caller_identity" "current" {}

resource "aws_iam_role" "hub" {
  name               = "hub"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_role" "one_role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/low "aws_iam_role.one_role"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = data.aws_caller_identity.current.account_id }
      Condition = { ArnEquals = { "aws:PrincipalArn" = aws_iam_role.hub.arn } }
    }]
  })
}

# One user, with one name of her own.
resource "aws_iam_role" "one_user" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.alice.arn }
      Condition = { StringEquals = { "sts:RoleSessionName" = "alice" } }
    }]
  })
}

# Roles cannot carry a user's name: nobody gets in.
resource "aws_iam_role" "nobody" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Condition = {
        ArnLike      = { "aws:PrincipalArn" = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/*" }
        StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } # want IV201/note "aws_iam_role.nobody"
      }
    }]
  })
}
