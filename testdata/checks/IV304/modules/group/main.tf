# A group, its members and its policies.
variable "name" {
  type = string
}

variable "members" {
  type = list(string)
}

variable "require_mfa" {
  type = bool
}

resource "aws_iam_group" "this" {
  name = var.name
}

resource "aws_iam_group_membership" "this" {
  name  = var.name
  group = aws_iam_group.this.name
  users = var.members
}

resource "aws_iam_group_policy_attachment" "admin" {
  group      = aws_iam_group.this.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group_policy" "mfa" {
  count = var.require_mfa ? 1 : 0

  name  = "mfa"
  group = aws_iam_group.this.name

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
