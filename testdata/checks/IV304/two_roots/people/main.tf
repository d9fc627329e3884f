# The groups of these users are in the directory beside this one, by name.
resource "aws_iam_user" "this" {
  for_each = toset(["alice", "bob"])

  name = each.key
}

resource "aws_iam_user_login_profile" "this" { # want IV304/high `aws_iam_user_login_profile.this\["bob"\]`
  for_each = aws_iam_user.this

  user = each.value.name
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.this["alice"].name
  groups = ["people"]
}

# A password for a user that another stack makes.
resource "aws_iam_user_login_profile" "somebody" { # want IV304/medium "the user 'somebody'"
  user = "somebody"
}
