# One of the users that a block makes is for emergencies (.iamvet.hcl): it stays
# as it is.
resource "aws_iam_user" "this" {
  for_each = toset(["alice", "break-glass"])
  name     = each.key
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high "\"alice\".*nothing requires MFA"
  for_each = aws_iam_user.this
  user     = each.value.name
}

resource "aws_iam_user_policy" "this" {
  for_each = aws_iam_user.this
  name     = "everything"
  user     = each.value.name

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }]
    }
  EOT
}
