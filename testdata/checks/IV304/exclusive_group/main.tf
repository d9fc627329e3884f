# What a group is said to have exclusively: an inline policy that nothing declares
# leaves the question open, one that is declared decides it.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want? IV304 "aws_iam_user_login_profile.alice"
  user = aws_iam_user.alice.name
}

resource "aws_iam_group" "open" {
  name = "open"
}

resource "aws_iam_group_policies_exclusive" "open" {
  group_name   = aws_iam_group.open.name
  policy_names = ["made-by-hand"]
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want IV304/high "aws_iam_group_policy.buckets.* allows s3:"
  user = aws_iam_user.bob.name
}

resource "aws_iam_group" "buckets" {
  name = "buckets"
}

resource "aws_iam_group_policy" "buckets" {
  name  = "buckets"
  group = aws_iam_group.buckets.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_iam_group_policies_exclusive" "buckets" {
  group_name   = aws_iam_group.buckets.name
  policy_names = ["buckets"]
}

resource "aws_iam_user_group_membership" "this" {
  for_each = { alice = "OPEN", Bob = "Buckets" }

  user   = each.key
  groups = [each.value]
}
