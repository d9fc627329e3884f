# How often, and whether at all, is not in the configuration.
variable "days" {
  type = number
}

variable "status" {
  type = string
}

resource "time_rotating" "unknown" {
  rotation_days = var.days
}

resource "time_rotating" "year" {
  rotation_days = 365
}

resource "aws_iam_access_key" "period" { # want? IV303 "aws_iam_access_key.period"
  user = "a"

  lifecycle {
    replace_triggered_by = [time_rotating.unknown]
  }
}

resource "aws_iam_access_key" "status" { # want? IV303 "aws_iam_access_key.status"
  user   = "b"
  status = var.status

  lifecycle {
    replace_triggered_by = [time_rotating.year]
  }
}
