# What decides is not in the configuration.
variable "policy" {
  type = string
}

variable "condition_key" {
  type = string
}

variable "principal_type" {
  type = string
}

variable "name" {
  type = string
}

resource "aws_iam_role" "whole_policy" {
  assume_role_policy = var.policy # want? IV201 "aws_iam_role.whole_policy"
}

resource "aws_iam_role" "which_key" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want? IV201 "aws_iam_role.which_key"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringEquals = { (var.condition_key) = "$${aws:username}" } }
    }]
  })
}

data "aws_iam_policy_document" "which_type" {
  statement { # want? IV201 "aws_iam_role.which_type"
    actions = ["sts:AssumeRole"]

    principals {
      type        = var.principal_type
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "which_type" {
  assume_role_policy = data.aws_iam_policy_document.which_type.json
}

resource "aws_iam_role" "which_name" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringLike = { "sts:RoleSessionName" = var.name } } # want? IV201 "aws_iam_role.which_name"
    }]
  })
}

# Whatever the rest of the policy says, this statement asks for no name.
resource "aws_iam_role" "decided_all_the_same" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.decided_all_the_same"
      Sid       = var.name
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}
