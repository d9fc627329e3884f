variable "user" {
  type = string
}

variable "days" {
  type = number
}

resource "time_rotating" "this" {
  rotation_days = var.days
}

resource "aws_iam_access_key" "this" { # want IV303/medium "every 180 days" want IV303/note "module.fast"
  user = var.user

  lifecycle {
    replace_triggered_by = [time_rotating.this.id]
  }
}
