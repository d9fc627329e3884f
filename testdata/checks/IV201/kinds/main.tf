# The condition is chosen by the kind of caller, statement by statement: a user name
# for users, a source identity for roles, and a draft where the kind is not known.

variable "deploy_role_arn" {
  type = string
}

variable "partner_arn" {
  type = string
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_role" "user" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201 `aws_iam_user.alice.arn.*require it to equal .{aws:username}\.`
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.alice.arn }
    }]
  })
}

resource "aws_iam_role" "known_as_role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201 `var.deploy_role_arn.* of a user, or .{aws:SourceIdentity} of a role`
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.deploy_role_arn }
    }]
  })
}

resource "aws_iam_role" "unknown" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201 `var.partner_arn.* of a user, or .{aws:SourceIdentity} of a role`
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.partner_arn }
    }]
  })
}

resource "aws_iam_role" "both" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "People"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Condition = {
          StringEquals = { "sts:RoleSessionName" = "$${aws:username}" }
        }
      },
      { # want IV201 `aws_iam_role.both.*require it to equal .{aws:SourceIdentity}`
        Sid       = "Machines"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "111122223333" }
        Condition = {
          ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/ci-*" }
        }
      },
    ]
  })
}

# Of a role and one of its sessions, each has an identity of its own.
resource "aws_iam_role" "sessions" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:SetSourceIdentity"]
      Principal = { AWS = ["arn:aws:iam::111122223333:role/ci", "arn:aws:sts::111122223333:assumed-role/ci/deploy"] }
      Condition = {
        StringEquals = { "sts:RoleSessionName" = "$${aws:SourceIdentity}" }
      }
    }]
  })
}
