# count and for_each make instances; each is judged by its own key.
variable "users" {
  type = set(string)
}

resource "aws_iam_access_key" "each" {
  for_each = toset(["ci", "root"])

  user = each.key # want IV101/critical `aws_iam_access_key.each\["root"\]`
}

resource "aws_iam_access_key" "none" {
  count = 0

  user = "root"
}

resource "aws_iam_access_key" "counted" {
  count = 2

  user = ["deploy", "root"][count.index] # want IV101/critical `aws_iam_access_key.counted\[1\]`
}

resource "aws_iam_access_key" "from_map" {
  for_each = { billing = { user = "root" }, backup = { user = "backup" } }

  user = each.value.user # want IV101/critical `aws_iam_access_key.from_map\["billing"\]`
}

resource "aws_iam_access_key" "unknown_set" {
  for_each = var.users

  user = each.key # want? IV101 "aws_iam_access_key.unknown_set"
}
