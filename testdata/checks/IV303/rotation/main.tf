# A rotation has to be often enough and has to replace the key.
resource "time_rotating" "quarter" {
  rotation_days = 90
}

resource "time_rotating" "half_a_year" {
  rotation_days = 180
}

# Three months have up to 92 days.
resource "time_rotating" "three_months" {
  rotation_months = 3
}

resource "aws_iam_access_key" "wired" { # want IV303/note "aws_iam_access_key.wired"
  user = "a"

  lifecycle {
    replace_triggered_by = [time_rotating.quarter]
  }
}

resource "aws_iam_access_key" "too_slow" { # want IV303/medium "aws_iam_access_key.too_slow"
  user = "b"

  lifecycle {
    replace_triggered_by = [time_rotating.half_a_year]
  }
}

resource "aws_iam_access_key" "three_months" { # want IV303/medium "aws_iam_access_key.three_months"
  user = "c"

  lifecycle {
    replace_triggered_by = [time_rotating.three_months.id]
  }
}

# depends_on orders; it replaces nothing.
resource "aws_iam_access_key" "decoration" { # want IV303/medium "aws_iam_access_key.decoration"
  user = "d"

  depends_on = [time_rotating.quarter]
}

# No mechanism is advice: the key may be rotated by other means.
resource "aws_iam_access_key" "no_mechanism" { # want IV303/note "aws_iam_access_key.no_mechanism"
  user = "e"
}

resource "aws_iam_access_key" "inactive" {
  user   = "f"
  status = "Inactive"
}
