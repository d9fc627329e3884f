# What the command line of AWS lists of three accounts: root has a virtual device in
# the first and the third, and what it has in the second is no virtual one. The third
# is the account of this device, so that both are one finding.
provider "aws" {
  allowed_account_ids = ["777788889999"]
}

resource "aws_iam_virtual_mfa_device" "root" {
  virtual_mfa_device_name = "root-account-mfa-device" # want IV103 "by the name"
}
