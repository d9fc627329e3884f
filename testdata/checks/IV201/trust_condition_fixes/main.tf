# Fixes of conditions that the settings require: added to each statement that lacks
# them, made strict where they pass over an absent key.
data "aws_iam_policy_document" "two_statements" {
  # want@+2 IV201 "aws_iam_role.two_statements.*Bool aws:MultiFactorAuthPresent"
  # want@+1 IV201 "aws_iam_role.two_statements.*aws:PrincipalOrgID 'o-a1b2c3d4e5' or 'o-f6a7b8c9d0'"
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:user/alice"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:user/bob"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }
}

resource "aws_iam_role" "two_statements" {
  name               = "two-statements"
  assume_role_policy = data.aws_iam_policy_document.two_statements.json
}

data "aws_iam_policy_document" "if_exists" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:user/alice"]
    }

    condition {
      test     = "BoolIfExists" # want IV201 "aws_iam_role.if_exists.*Bool aws:MultiFactorAuthPresent"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-f6a7b8c9d0"]
    }
  }
}

resource "aws_iam_role" "if_exists" {
  name               = "if-exists"
  assume_role_policy = data.aws_iam_policy_document.if_exists.json
}

# The operator stands over another key already.
resource "aws_iam_role" "if_exists_in_object" {
  name = "if-exists-in-object"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
      Condition = {
        StringEquals         = { "sts:RoleSessionName" = "$${aws:username}" }
        Bool                 = { "aws:MultiFactorAuthPresent" = "true" }
        StringEqualsIfExists = { "aws:PrincipalOrgID" = ["o-a1b2c3d4e5", "o-f6a7b8c9d0"] } # want IV201 "aws_iam_role.if_exists_in_object.*aws:PrincipalOrgID"
      }
    }]
  })
}
