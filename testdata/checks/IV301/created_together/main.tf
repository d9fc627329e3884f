# Users that come with a key: by reference, by name, active or not.
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name # want IV301/medium "aws_iam_access_key.ci"
}

# Names compare without regard to case.
resource "aws_iam_user" "by_name" {
  name = "Deploy"
}

resource "aws_iam_access_key" "by_name" {
  user = "deploy" # want IV301/medium "aws_iam_access_key.by_name"
}

resource "aws_iam_user" "by_id" {
  name = "by-id"
}

resource "aws_iam_access_key" "by_id" {
  user = aws_iam_user.by_id.id # want IV301/medium "aws_iam_access_key.by_id"
}

resource "aws_iam_user" "inactive" {
  name = "inactive"
}

resource "aws_iam_access_key" "inactive" {
  user   = aws_iam_user.inactive.name # want IV301/low "aws_iam_access_key.inactive.*Inactive access key"
  status = "Inactive"
}

resource "aws_iam_user" "encrypted" {
  name = "encrypted"
}

resource "aws_iam_access_key" "encrypted" {
  user    = aws_iam_user.encrypted.name # want IV301/medium "aws_iam_access_key.encrypted"
  pgp_key = "keybase:someone"
}

# A user with a password has the least use for a key.
resource "aws_iam_user" "console" {
  name = "console"
}

resource "aws_iam_user_login_profile" "console" {
  user = aws_iam_user.console.name
}

resource "aws_iam_access_key" "console" {
  user = aws_iam_user.console.name # want IV301/high "aws_iam_access_key.console"
}
