# Rotations of other things, and a key that is not active; nothing to say.
resource "time_rotating" "yearly" {
  rotation_years = 1
}

resource "random_password" "database" {
  length = 32

  keepers = { rotation = time_rotating.yearly.id }
}

resource "aws_iam_access_key" "old" {
  user   = "ci"
  status = "Inactive"
}
