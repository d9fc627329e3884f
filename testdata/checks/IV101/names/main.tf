# Every spelling of the root user, and names that only look like it.
data "aws_caller_identity" "current" {}

locals {
  joined = join("", ["ro", "ot"])
}

resource "aws_iam_access_key" "plain" {
  user = "root" # want IV101/critical "aws_iam_access_key.plain"
}

resource "aws_iam_access_key" "title_case" {
  user = "Root" # want IV101/critical "aws_iam_access_key.title_case"
}

resource "aws_iam_access_key" "upper_case" {
  user = "ROOT" # want IV101/critical "aws_iam_access_key.upper_case"
}

resource "aws_iam_access_key" "report_name" {
  user = "<root_account>" # want IV101/critical "aws_iam_access_key.report_name"
}

resource "aws_iam_access_key" "arn" {
  user = "arn:aws:iam::123456789012:root" # want IV101/critical "aws_iam_access_key.arn"
}

resource "aws_iam_access_key" "arn_govcloud" {
  user = "arn:aws-us-gov:iam::123456789012:root" # want IV101/critical "aws_iam_access_key.arn_govcloud"
}

resource "aws_iam_access_key" "arn_china" {
  user = "arn:aws-cn:iam::123456789012:root" # want IV101/critical "aws_iam_access_key.arn_china"
}

# The account is not known, but the shape of the name is.
resource "aws_iam_access_key" "arn_partly_known" {
  user = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" # want IV101/critical "aws_iam_access_key.arn_partly_known"
}

resource "aws_iam_access_key" "joined" {
  user = local.joined # want IV101/critical "aws_iam_access_key.joined"
}

resource "aws_iam_access_key" "lower" {
  user = lower("ROOT") # want IV101/critical "aws_iam_access_key.lower"
}

resource "aws_iam_access_key" "trimmed" {
  user = trimspace(" root ") # want IV101/critical "aws_iam_access_key.trimmed"
}

resource "aws_iam_access_key" "split" {
  user = split("/", "user/root")[1] # want IV101/critical "aws_iam_access_key.split"
}

resource "aws_iam_access_key" "begins_with_root" {
  user = "rooty"
}

resource "aws_iam_access_key" "contains_root" {
  user = "root-ci"
}

resource "aws_iam_access_key" "ends_with_root" {
  user = "groot"
}

resource "aws_iam_access_key" "another_user_by_arn" {
  user = "arn:aws:iam::123456789012:user/ci"
}
