# Blocks that make one key too many for several users: one expression tells them.
resource "aws_iam_user" "this" {
  for_each = toset(["ci", "cd"])
  name     = each.key
}

locals {
  keys = { for p in setproduct(["ci", "cd"], ["blue", "green"]) : join("-", p) => p[0] }
}

resource "aws_iam_access_key" "this" { # want IV302 "ci-green" want IV302 "cd-green"
  for_each = local.keys
  user     = aws_iam_user.this[each.value].name
}
