resource "time_rotating" "key" {
  rotation_days = 90
}

# This orders the two; it replaces nothing.
resource "aws_iam_access_key" "ci" { # want IV303/medium "aws_iam_access_key.ci"
  user = "ci"

  depends_on = [time_rotating.key]
}
