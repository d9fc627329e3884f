# Policy documents: blocks, dynamic blocks, and documents made of documents.
variable "accounts" {
  type = list(string)
}

locals {
  account = "arn:aws:iam::111122223333:root"
}

data "aws_iam_policy_document" "bound" {
  statement {
    sid     = "Staff"
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

resource "aws_iam_role" "bound" {
  assume_role_policy = data.aws_iam_policy_document.bound.minified_json
}

data "aws_iam_policy_document" "missing" {
  statement { # want IV201/medium "aws_iam_role.missing"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }
  }
}

resource "aws_iam_role" "missing" {
  assume_role_policy = data.aws_iam_policy_document.missing.json
}

# The source document binds the name, this statement adds a way around it.
data "aws_iam_policy_document" "merged" {
  source_policy_documents = [data.aws_iam_policy_document.bound.json]

  statement { # want IV201 "aws_iam_role.merged"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:role/dev"]
    }
  }
}

resource "aws_iam_role" "merged" {
  assume_role_policy = data.aws_iam_policy_document.merged.json
}

data "aws_iam_policy_document" "denied" {
  statement {
    sid     = "Way"
    effect  = "Deny"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "sts:RoleSessionName"
      values   = ["&{aws:username}"]
    }
  }
}

# The override replaces the statement of the same Sid: Allow becomes Deny.
data "aws_iam_policy_document" "overridden" {
  source_policy_documents   = [data.aws_iam_policy_document.bound.json]
  override_policy_documents = [data.aws_iam_policy_document.denied.json]

  statement {
    sid     = "Way"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }
  }
}

resource "aws_iam_role" "overridden" {
  assume_role_policy = data.aws_iam_policy_document.overridden.json
}

data "aws_iam_policy_document" "dynamic" {
  dynamic "statement" { # want IV201 "aws_iam_role.dynamic"
    for_each = toset(["111122223333", "444455556666"])

    content {
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }
    }
  }
}

resource "aws_iam_role" "dynamic" {
  assume_role_policy = data.aws_iam_policy_document.dynamic.json
}

# Which accounts is not known; that the principals are AWS accounts is.
data "aws_iam_policy_document" "unknown_accounts" {
  statement { # want IV201 "admits '.for id in var.accounts : "
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [for id in var.accounts : "arn:aws:iam::${id}:root"]
    }
  }
}

resource "aws_iam_role" "unknown_accounts" {
  assume_role_policy = data.aws_iam_policy_document.unknown_accounts.json
}

# The message names the expression that stands for what is not known.
resource "aws_organizations_account" "tools" {
  name  = "tools"
  email = "tools@example.com"
}

data "aws_iam_policy_document" "unknown_account" {
  statement { # want IV201/medium "admits 'arn:aws:iam::.{aws_organizations_account.tools.id}:root' without"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${aws_organizations_account.tools.id}:root"]
    }
  }
}

resource "aws_iam_role" "unknown_account" {
  assume_role_policy = data.aws_iam_policy_document.unknown_account.json
}

# Whom an organization's path confines is said by the key that does it.
data "aws_iam_policy_document" "path" {
  statement { # want IV201/medium "admits whoever meets its condition on aws:PrincipalOrgPaths without"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "ForAnyValue:StringLike"
      variable = "aws:PrincipalOrgPaths"
      values   = ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"]
    }
  }
}

resource "aws_iam_role" "path" {
  assume_role_policy = data.aws_iam_policy_document.path.json
}
