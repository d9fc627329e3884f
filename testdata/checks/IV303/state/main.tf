# The state knows when the keys were made; today is 2026-11-01.
resource "aws_iam_access_key" "old" { # want IV303/medium "since 2026-01-01, for 304 days"
  user = "old"
}

resource "aws_iam_access_key" "young" { # want IV303/note "Nothing here replaces"
  user = "young"
}

# Exactly 90 days are allowed.
resource "aws_iam_access_key" "limit" { # want IV303/note "Nothing here replaces"
  user = "limit"
}

resource "aws_iam_access_key" "inactive" {
  user   = "inactive"
  status = "Inactive"
}
