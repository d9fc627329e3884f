# Imported from the old account. Both export jobs still run at night.
locals {
  exports = {
    billing = { user = "root" }
    backup  = { user = data.aws_iam_user.backup.user_name }
  }
}

data "aws_iam_user" "backup" {
  user_name = "root-backup"
}

resource "aws_iam_access_key" "billing_export" {
  user = local.exports.billing.user
}

resource "aws_iam_access_key" "backup_export" {
  user = local.exports.backup.user
}
