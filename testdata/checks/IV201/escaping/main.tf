# Where a policy variable is written decides how it must be escaped. What
# reaches AWS as anything but a policy variable admits nobody.
locals {
  account = "arn:aws:iam::111122223333:root"
}

resource "aws_iam_role" "heredoc" {
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "AWS": "${local.account}" },
        "Condition": { "StringEquals": { "sts:RoleSessionName": "$${aws:username}" } }
      }]
    }
  JSON
}

# want@+9 IV201/note "aws_iam_role.heredoc_ampersand"
resource "aws_iam_role" "heredoc_ampersand" {
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "AWS": "${local.account}" },
        "Condition": { "StringEquals": { "sts:RoleSessionName": "&{aws:username}" } }
      }]
    }
  JSON
}

resource "aws_iam_role" "jsonencode_ampersand" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "&{aws:username}" } } # want IV201/note "aws_iam_role.jsonencode_ampersand"
    }]
  })
}

data "aws_iam_policy_document" "ampersand" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }
}

resource "aws_iam_role" "document_ampersand" {
  assume_role_policy = data.aws_iam_policy_document.ampersand.json
}

data "aws_iam_policy_document" "dollars" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["$${aws:username}"]
    }
  }
}

resource "aws_iam_role" "document_dollars" {
  assume_role_policy = data.aws_iam_policy_document.dollars.json
}

resource "aws_iam_role" "file" {
  assume_role_policy = file("${path.module}/plain.json")
}

# Escaped as if file() were a template.
resource "aws_iam_role" "file_dollars" {
  assume_role_policy = file("${path.module}/dollars.json")
}

resource "aws_iam_role" "templatefile" {
  assume_role_policy = templatefile("${path.module}/trust.json.tftpl", { account = local.account })
}

# Version 2008-10-17, which is also what no version means, has no variables.
resource "aws_iam_role" "old_version" {
  assume_role_policy = jsonencode({
    Version = "2008-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } } # want IV201/note "aws_iam_role.old_version"
    }]
  })
}

resource "aws_iam_role" "no_version" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.account }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } } # want IV201/note "aws_iam_role.no_version"
    }]
  })
}
