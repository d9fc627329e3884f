# Rotations that the keys only wait for: of one instance each, beside a lifecycle
# block, beside another trigger, and too slow.
resource "time_rotating" "each" {
  for_each      = toset(["ci", "cd"])
  rotation_days = 60
}

resource "aws_iam_access_key" "each" { # want IV303/medium "\\[\"ci\"\\]" want IV303/medium "\\[\"cd\"\\]"
  for_each   = toset(["ci", "cd"])
  user       = each.key
  depends_on = [time_rotating.each]
}

resource "time_rotating" "one" {
  count         = 1
  rotation_days = 180
}

resource "aws_iam_access_key" "before" { # want IV303/medium "aws_iam_access_key.before"
  user       = "before"
  depends_on = [time_rotating.one]

  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "release" {
  input = "1"
}

resource "aws_iam_access_key" "beside" { # want IV303/medium "aws_iam_access_key.beside"
  user       = "beside"
  depends_on = [time_rotating.one]

  lifecycle {
    replace_triggered_by = [terraform_data.release]
  }
}
