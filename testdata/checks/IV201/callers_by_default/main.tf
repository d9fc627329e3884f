# That only users call is what the code has to say: what the default of a variable says
# of a module that others call, with MFA or users of their own, is no evidence.
variable "users" {
  default = ["arn:aws:iam::111122223333:user/ann"]
}

variable "account" {
  default = "111122223333"
}

variable "mfa" {
  default = true
}

resource "aws_iam_role" "users" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = var.users } }] # want IV201 "aws_iam_role.users"
  })
}

resource "aws_iam_role" "account" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.account}:user/ann" } }] # want IV201 "aws_iam_role.account"
  })
}

data "aws_iam_policy_document" "mfa" {
  statement { # want IV201 "aws_iam_role.mfa"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }

    dynamic "condition" {
      for_each = var.mfa ? [1] : []
      content {
        test     = "Bool"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["true"]
      }
    }
  }
}

resource "aws_iam_role" "mfa" {
  assume_role_policy = data.aws_iam_policy_document.mfa.json
}

# What is given may be roles, by its name.
variable "trusted_role_arns" {
  type = list(string)
}

data "aws_iam_policy_document" "given" {
  statement { # want IV201 "aws_iam_role.given"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

resource "aws_iam_role" "given" {
  assume_role_policy = data.aws_iam_policy_document.given.json
}
