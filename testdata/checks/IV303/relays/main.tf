# Rotations that reach the key through other resources, and some that do not.
resource "time_rotating" "month" {
  rotation_days = 30
}

resource "time_rotating" "year" {
  rotation_years = 1
}

resource "terraform_data" "month" {
  input = time_rotating.month.id
}

resource "null_resource" "year" {
  triggers = { rotation = time_rotating.year.rotation_rfc3339 }
}

resource "aws_iam_access_key" "month" { # want IV303/note "every 30 days"
  user = "a"

  lifecycle {
    replace_triggered_by = [terraform_data.month]
  }
}

resource "aws_iam_access_key" "year" { # want IV303/medium "every 366 days"
  user = "b"

  lifecycle {
    replace_triggered_by = [null_resource.year.id]
  }
}

# The shorter of two counts.
resource "aws_iam_access_key" "both" { # want IV303/note "every 30 days"
  user = "c"

  lifecycle {
    replace_triggered_by = [time_rotating.year, time_rotating.month]
  }
}

# A new key each time Terraform runs.
resource "terraform_data" "always" {
  input = timestamp()
}

resource "aws_iam_access_key" "always" {
  user = "d"

  lifecycle {
    replace_triggered_by = [terraform_data.always]
  }
}

resource "time_rotating" "once" {
  rotation_rfc3339 = "2027-01-01T00:00:00Z"
}

resource "aws_iam_access_key" "once" { # want IV303/medium "never again"
  user = "e"

  lifecycle {
    replace_triggered_by = [time_rotating.once]
  }
}

# Declared, and used by nothing.
module "forgotten" {
  source = "./forgotten"
}
