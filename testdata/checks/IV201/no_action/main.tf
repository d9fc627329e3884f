# What admits nobody because it says nothing that AWS understands has a word.
locals {
  account = "arn:aws:iam::111122223333:root"
}

resource "aws_iam_role" "blank" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = " sts:AssumeRole" # want IV201/note "Nobody can assume 'aws_iam_role.blank'.*no action has a blank"
      Principal = { AWS = local.account }
    }]
  })
}

resource "aws_iam_role" "misspelt" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AsumeRole"] # want IV201/note "Nobody can assume 'aws_iam_role.misspelt'.*'sts:AsumeRole' is no action that assumes a role"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role" "empty" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] }) # want IV201/note "Nobody can assume 'aws_iam_role.empty': its trust policy has no statements"
}

resource "aws_iam_role" "null_principal" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = null } # want IV201 "aws_iam_role.null_principal.*principal type 'AWS' is null"
    }]
  })
}

# A session's tags beside another statement that assumes.
resource "aws_iam_role" "tags" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } },
      { Effect = "Allow", Action = "sts:TagSession", Principal = { Service = "ec2.amazonaws.com" } },
    ]
  })
}

variable "action" {
  type = string
}

resource "aws_iam_role" "unknown" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.action, Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
