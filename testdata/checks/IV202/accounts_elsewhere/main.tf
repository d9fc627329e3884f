# Whichever accounts are in a list, and however many: the ARN of an account is
# not everybody, and neither is what AWS lists as the id of one.
variable "account_ids" {
  type = list(string)
}

data "aws_organizations_organization" "this" {}

locals {
  sandboxes = [for a in data.aws_organizations_organization.this.accounts : a.id if startswith(a.name, "sandbox-")]
  people    = [for a in data.aws_organizations_organization.this.accounts : a.id if a.name == "people"][0]
}

resource "aws_iam_role" "for_each_of_them" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.for_each_of_them"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = [for id in var.account_ids : "arn:aws:iam::${id}:root"] }
    }]
  })
}

data "aws_iam_policy_document" "formatted" {
  statement { # want IV201/medium "aws_iam_role.formatted"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = formatlist("arn:aws:iam::%s:root", var.account_ids)
    }
  }
}

resource "aws_iam_role" "formatted" {
  assume_role_policy = data.aws_iam_policy_document.formatted.json
}

data "aws_iam_policy_document" "of_the_organization" {
  statement { # want IV201/medium "aws_iam_role.of_the_organization"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = concat([local.people], local.sandboxes)
    }
  }
}

resource "aws_iam_role" "of_the_organization" {
  assume_role_policy = data.aws_iam_policy_document.of_the_organization.json
}

# A list that is not known at all may hold "*".
variable "principals" {
  type = list(string)
}

resource "aws_iam_role" "anything" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.anything"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.principals } # want? IV202/high "aws_iam_role.anything"
    }]
  })
}
