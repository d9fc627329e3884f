# Only access keys are root access keys: other credentials name IAM users.
resource "aws_iam_service_specific_credential" "root" {
  service_name = "codecommit.amazonaws.com"
  user_name    = "root"
}

resource "aws_iam_role" "root" {
  name = "root"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
