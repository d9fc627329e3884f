# Users made with count, in groups made with for_each. Everybody in them is a
# person, so the groups require MFA.
variable "people" {
  default = ["alice", "bob"]
}

resource "aws_iam_user" "people" {
  count = length(var.people)
  name  = var.people[count.index]
}

resource "aws_iam_user_login_profile" "people" { # want IV304/high "\\[0\\].*nothing requires MFA" want IV304/high "\\[1\\].*nothing requires MFA"
  count = length(var.people)
  user  = aws_iam_user.people[count.index].name
}

resource "aws_iam_group" "teams" {
  for_each = toset(["dev", "ops"])
  name     = each.value
}

resource "aws_iam_group_membership" "dev" {
  name  = "dev"
  group = aws_iam_group.teams["dev"].name
  users = aws_iam_user.people[*].name
}

data "aws_iam_policy_document" "dev" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_group_policy" "dev" {
  group  = aws_iam_group.teams["dev"].name
  policy = data.aws_iam_policy_document.dev.json
}
