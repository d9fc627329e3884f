# Thirty days are allowed here.
resource "time_rotating" "quarter" {
  rotation_days = 90
}

resource "aws_iam_access_key" "this" { # want IV303/medium "where 30 are allowed"
  user = "ci"

  lifecycle {
    replace_triggered_by = [time_rotating.quarter]
  }
}
