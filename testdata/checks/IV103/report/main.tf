# What the command line of AWS lists of three accounts: root has a virtual device in
# the first and the third, and what it has in the second is no virtual one. The third
# is that of this device, which nothing else says is root's.
variable "device" {
  type = string
}

provider "aws" {
  allowed_account_ids = ["777788889999"]
}

resource "aws_iam_virtual_mfa_device" "maybe" {
  virtual_mfa_device_name = var.device # want IV103 "the root user of account '777788889999'"
}
