resource "aws_iam_user" "carol" {
  name = "carol"
}

# A rotation that changes nothing: the report shows how old the key is.
resource "aws_iam_user" "erin" {
  name = "erin"
}

resource "time_rotating" "erin" {
  rotation_days = 365
}

resource "aws_iam_access_key" "erin" { # want IV303 "replaced only every 365 days"
  user = aws_iam_user.erin.name

  lifecycle {
    replace_triggered_by = [time_rotating.erin]
  }
}
