variable "key_for" {
  type    = list(string)
  default = ["ci", "root"]
}

resource "aws_iam_access_key" "this" {
  for_each = toset(var.key_for)

  user = each.key # want IV101/critical `aws_iam_access_key.this\["root"\]`
}

resource "aws_iam_access_key" "emergency" {
  user = "root" # want IV101/critical "aws_iam_access_key.emergency"
}
