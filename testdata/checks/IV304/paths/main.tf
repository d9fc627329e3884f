# Who is left out of the guardrail is told by the path in the user's ARN, or by
# a user's own ARN, of which only the account is not known.
resource "aws_iam_user" "emergency" {
  name = "emergency"
  path = "/emergency/"
}

resource "aws_iam_user_login_profile" "emergency" { # want IV304/high "aws_iam_user.emergency"
  user = aws_iam_user.emergency.name
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" {
  user = aws_iam_user.alice.name
}

resource "aws_iam_user" "operator" {
  name = "operator"
}

resource "aws_iam_user_login_profile" "operator" { # want IV304/high "aws_iam_user.operator"
  user = aws_iam_user.operator.name
}

variable "path" {
  type = string
}

resource "aws_iam_user" "somewhere" {
  name = "somewhere"
  path = var.path
}

resource "aws_iam_user_login_profile" "somewhere" { # want? IV304/high "aws_iam_user.somewhere"
  user = aws_iam_user.somewhere.name
}

data "aws_partition" "current" {}

resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_membership" "people" {
  name  = "people"
  group = aws_iam_group.people.name
  users = [aws_iam_user.emergency.name, aws_iam_user.alice.name, aws_iam_user.operator.name, aws_iam_user.somewhere.name]
}

resource "aws_iam_group_policy" "work" {
  group = aws_iam_group.people.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices"]
        Resource  = "*"
        Condition = {
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
          ArnNotLike = { "aws:PrincipalArn" = [
            "arn:${data.aws_partition.current.partition}:iam::*:user/emergency/*",
            aws_iam_user.operator.arn,
          ] }
        }
      },
    ]
  })
}
