# With the project's accounts known, any other account is a stranger's.
resource "aws_iam_role" "ours" {
  name = "ours"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "aws_iam_role.ours"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}

resource "aws_iam_role" "theirs" {
  name = "theirs"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/high "aws_iam_role.theirs"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::444455556666:root" }
    }]
  })
}
