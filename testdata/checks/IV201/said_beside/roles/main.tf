# A README says how a role is assumed: under names that the fix would refuse.
resource "aws_iam_role" "deploy" {
  name = "deploy"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/ann" } }] # want IV201 "aws_iam_role.deploy"
  })
}

# Of this one it says nothing.
resource "aws_iam_role" "audit" {
  name = "audit"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/ann" } }] # want IV201 "aws_iam_role.audit"
  })
}

# A block that makes a statement of each that it is given may make others.
data "aws_iam_policy_document" "each" {
  dynamic "statement" { # want IV201 "aws_iam_role.each"
    for_each = ["arn:aws:iam::111122223333:user/ann"]

    content {
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }
    }
  }
}

resource "aws_iam_role" "each" {
  name               = "each"
  assume_role_policy = data.aws_iam_policy_document.each.json
}
