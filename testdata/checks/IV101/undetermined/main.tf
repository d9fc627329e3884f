# The user depends on a value that the configuration does not set.
variable "is_prod" {
  type = bool
}

variable "user" {
  type = string
}

variable "suffix" {
  type = string
}

resource "random_pet" "user" {}

resource "aws_iam_user" "ci" {
  name = "ci-${var.suffix}"
}

resource "aws_iam_access_key" "one_branch" {
  user = var.is_prod ? "root" : "ci" # want? IV101 "aws_iam_access_key.one_branch"
}

resource "aws_iam_access_key" "no_branch" {
  user = var.is_prod ? "deploy" : "ci"
}

resource "aws_iam_access_key" "anyone" {
  user = var.user # want? IV101 "aws_iam_access_key.anyone"
}

resource "aws_iam_access_key" "prefix_rules_it_out" {
  user = "ci-${var.suffix}"
}

resource "aws_iam_access_key" "declared_user" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "random_name" {
  user = random_pet.user.id
}
