# Devices of users, and one that merely sounds like root's; nothing to say.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = aws_iam_user.alice.name
}

resource "aws_iam_virtual_mfa_device" "each" {
  for_each = toset(["bob", "rooty", "root"])

  virtual_mfa_device_name = each.key
}

resource "aws_iam_virtual_mfa_device" "gone" {
  count = 0

  virtual_mfa_device_name = "root-account-mfa-device"
}
