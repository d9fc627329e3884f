# Parts whose presence is not known: what all policies that there may be let
# through is proven, what none lets through is clean.
variable "extra" {
  type = bool
}

variable "names" {
  type = list(string)
}

# A statement that may be there changes nothing about the one that is.
data "aws_iam_policy_document" "statement" {
  dynamic "statement" {
    for_each = length(var.names) > 0 ? [1] : []

    content {
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = var.names
      }
    }
  }

  statement { # want IV201/high "aws_iam_role.statement"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"] # want IV202/high "aws_iam_role.statement"
    }
  }
}

resource "aws_iam_role" "statement" {
  assume_role_policy = data.aws_iam_policy_document.statement.json
}

# A Deny that may be missing is no protection for certain, nor is it none.
resource "aws_iam_role" "deny" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ # want IV201/high "aws_iam_role.deny"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "*" } # want? IV202/high "aws_iam_role.deny"
      }],
      [for s in [{
        Effect    = "Deny"
        Action    = "sts:AssumeRole"
        Principal = "*"
        Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
      }] : s if var.extra],
    )
  })
}

# Either condition confines the callers to an organization.
resource "aws_iam_role" "either_condition" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge( # want IV201 "aws_iam_role.either_condition"
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "*" }
      },
      { Condition = { StringEquals = { "aws:PrincipalOrgID" = var.extra ? "o-a1b2c3d4e5" : "o-f6g7h8i9j0" } } },
    )]
  })
}

# Both branches let everybody in, each in its own way.
resource "aws_iam_role" "either_principal" {
  assume_role_policy = var.extra ? jsonencode({ # want IV201/high "aws_iam_role.either_principal"
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }] # want IV202/high "aws_iam_role.either_principal"
    }) : jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:*", Principal = { AWS = "*" } }]
  })
}

# Whoever they are, they are identity providers.
resource "aws_iam_role" "federated" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for n in var.names : {
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithSAML"
      Principal = { Federated = "arn:aws:iam::111122223333:saml-provider/${n}" }
      Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } }
    }]
  })
}

# A document that may be merged over it may name its statement, and confines it.
data "aws_iam_policy_document" "open" {
  statement { # want? IV202/high "aws_iam_role.overridden" want? IV201/medium "aws_iam_role.overridden"
    sid     = "Assume"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "closed" {
  statement {
    sid     = "Assume"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "overridden" {
  source_policy_documents   = [data.aws_iam_policy_document.open.json]
  override_policy_documents = compact([var.extra ? data.aws_iam_policy_document.closed.json : ""])
}

resource "aws_iam_role" "overridden" {
  assume_role_policy = data.aws_iam_policy_document.overridden.json
}

# In a template the text of a statement is there, or is not.
resource "aws_iam_role" "template" {
  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        %{if var.extra}
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ec2.amazonaws.com" } },
        %{endif}
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ecs.amazonaws.com" } }
      ]
    }
  EOT
}
