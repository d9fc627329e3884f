# A rotation beside the key.
resource "time_rotating" "key" {
  rotation_days = 90
}

resource "aws_iam_access_key" "this" { # want IV303/medium "does not replace"
  user = "f"
}
