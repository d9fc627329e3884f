# Inline policies that are said to be there, and that nothing declares.
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" { # want? IV304 "aws_iam_user_login_profile.alice"
  user = aws_iam_user.alice.name
}

resource "aws_iam_user_policies_exclusive" "alice" {
  user_name    = aws_iam_user.alice.name
  policy_names = ["somewhere-else"]
}

# One that is declared is counted once.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want IV304/high "aws_iam_user_policy.bob"
  user = aws_iam_user.bob.name
}

resource "aws_iam_user_policy" "bob" {
  name = "buckets"
  user = aws_iam_user.bob.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_iam_user_policies_exclusive" "bob" {
  user_name    = aws_iam_user.bob.name
  policy_names = [aws_iam_user_policy.bob.name]
}

# No policy at all is what this says.
resource "aws_iam_user" "carla" {
  name = "carla"
}

resource "aws_iam_user_login_profile" "carla" { # want IV304/medium "no policy of the user"
  user = aws_iam_user.carla.name
}

resource "aws_iam_user_policies_exclusive" "carla" {
  user_name    = aws_iam_user.carla.name
  policy_names = []
}
