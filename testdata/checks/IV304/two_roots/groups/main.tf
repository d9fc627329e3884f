# A group that requires MFA, and a policy for a user of another root.
resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_policy_attachment" "people" {
  group      = aws_iam_group.people.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_group_policy" "mfa" {
  name  = "mfa"
  group = aws_iam_group.people.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

resource "aws_iam_user_policy_attachment" "bob" {
  user       = "bob"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
