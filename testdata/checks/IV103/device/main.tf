# A virtual device that is the root user's by the name that AWS gives it.
resource "aws_iam_virtual_mfa_device" "root" {
  virtual_mfa_device_name = "root-account-mfa-device" # want IV103/medium "aws_iam_virtual_mfa_device.root"
}

# Any other name proves nothing.
resource "aws_iam_virtual_mfa_device" "similar" {
  virtual_mfa_device_name = "root-backup"
}

resource "aws_iam_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = "alice"
}
