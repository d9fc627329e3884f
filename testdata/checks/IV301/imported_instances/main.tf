# An import names exactly the instances that its block names: those of for_each,
# also behind a module's key; a key that is not known leaves the question open.
variable "names" {
  type = set(string)
}

import {
  for_each = toset(["ann"])
  to       = aws_iam_user.some[each.key]
  id       = each.key
}

resource "aws_iam_user" "some" {
  for_each = toset(["ann", "ben"])
  name     = each.key
}

resource "aws_iam_access_key" "some" {
  for_each = aws_iam_user.some
  user     = each.value.name # want IV301/medium "access_key.some.*ben"
}

module "user" {
  source   = "./user"
  for_each = toset(["cid", "dan"])
  name     = each.key
}

import {
  for_each = { first = "cid" }
  to       = module.user[each.value].aws_iam_user.this
  id       = each.value
}

import {
  to = aws_iam_user.counted[1 + 0]
  id = "u-1"
}

resource "aws_iam_user" "counted" {
  count = 2
  name  = "u-${count.index}"
}

resource "aws_iam_access_key" "counted" {
  count = 2
  user  = aws_iam_user.counted[count.index].name # want IV301/medium "aws_iam_access_key.counted.0"
}

import {
  for_each = var.names
  to       = aws_iam_user.perhaps[each.key]
  id       = each.key
}

resource "aws_iam_user" "perhaps" {
  for_each = toset(["eve"])
  name     = each.key
}

resource "aws_iam_access_key" "perhaps" {
  for_each = aws_iam_user.perhaps
  user     = each.value.name # want? IV301 "var.names has no value|aws_iam_access_key.perhaps"
}
