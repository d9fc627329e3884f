# An inactive key is still there, so it is a finding of low severity; a status
# that is not known counts as Active, which is the default.
variable "status" {
  type = string
}

resource "aws_iam_access_key" "inactive" {
  user   = "root" # want IV101/low "aws_iam_access_key.inactive"
  status = "Inactive"
}

resource "aws_iam_access_key" "active" {
  user   = "root" # want IV101/critical "aws_iam_access_key.active"
  status = "Active"
}

resource "aws_iam_access_key" "status_unknown" {
  user   = "root" # want IV101/critical "aws_iam_access_key.status_unknown"
  status = var.status
}

resource "aws_iam_access_key" "status_null" {
  user   = "root" # want IV101/critical "aws_iam_access_key.status_null"
  status = null
}

resource "aws_iam_access_key" "someone_else" {
  user   = "ci"
  status = var.status
}
