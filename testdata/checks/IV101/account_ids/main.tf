# Users that are named after an account: whatever its id is, it is digits.
resource "aws_organizations_account" "team" {
  name  = "team"
  email = "team@example.com"
}

data "aws_caller_identity" "current" {}

resource "aws_iam_user" "team" {
  name = tostring(aws_organizations_account.team.id)
}

resource "aws_iam_access_key" "team" {
  user = aws_iam_user.team.name
}

resource "aws_iam_access_key" "own" {
  user = data.aws_caller_identity.current.account_id
}

# An id in another place may hold any text.
variable "ids" {
  type = object({ account_id = string })
}

resource "aws_iam_access_key" "given" {
  user = var.ids.account_id # want? IV101/critical "aws_iam_access_key.given"
}
