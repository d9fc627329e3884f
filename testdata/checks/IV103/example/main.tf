resource "aws_iam_virtual_mfa_device" "root" {
  virtual_mfa_device_name = "root-account-mfa-device" # want IV103/medium "aws_iam_virtual_mfa_device.root"
}
