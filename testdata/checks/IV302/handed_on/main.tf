# A key that somebody gets is one that somebody uses: which of two is in use, only
# people know.
resource "aws_iam_access_key" "first" {
  user = "ci"
}

resource "aws_iam_access_key" "second" { # want IV302 "aws_iam_access_key.second"
  user = "ci"
}

output "secret" {
  value     = aws_iam_access_key.second.secret
  sensitive = true
}
