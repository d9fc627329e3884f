# Periods that are too long, or none: of a module's input, in months, and once.
module "slow" {
  source = "./key"
  user   = "slow"
  days   = 180
}

module "fast" {
  source = "./key"
  user   = "fast"
  days   = 30
}

resource "time_rotating" "months" {
  rotation_months = 6
}

resource "aws_iam_access_key" "months" { # want IV303/medium "every 184 days"
  user = "months"

  lifecycle {
    replace_triggered_by = [time_rotating.months.id]
  }
}

resource "time_rotating" "once" {
  rfc3339 = "2026-12-24T00:00:00Z"
}

resource "aws_iam_access_key" "once" { # want IV303/medium "never again"
  user = "once"

  lifecycle {
    replace_triggered_by = [time_rotating.once.id]
  }
}
