# The name of the device is not in the configuration.
variable "name" {
  type = string
}

resource "aws_iam_virtual_mfa_device" "this" {
  virtual_mfa_device_name = var.name # want? IV103 "aws_iam_virtual_mfa_device.this"
}

resource "aws_iam_virtual_mfa_device" "user" {
  virtual_mfa_device_name = "user-${var.name}"
}
