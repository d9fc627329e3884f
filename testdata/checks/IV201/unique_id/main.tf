# AWS shows the id of a user that was deleted. The user that is left has one name,
# whichever id it has.
resource "aws_iam_role" "admin" {
  name = "admin"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::111122223333:user/alice", "AIDACKCEVSQ6C2EXAMPLE"] }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}
