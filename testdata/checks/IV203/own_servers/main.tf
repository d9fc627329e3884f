# A GitLab or GitHub server of one's own writes subjects as the public ones do:
# any project on it is not one project.
resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "https://gitlab.example.com"
  client_id_list = ["https://gitlab.example.com"]
}

resource "aws_iam_role" "every_project" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.gitlab.arn }
      Condition = {
        StringLike   = { "gitlab.example.com:sub" = "project_path:*:ref_type:branch:ref:main" } # want IV203/medium "aws_iam_role.every_project"
        StringEquals = { "gitlab.example.com:aud" = "https://gitlab.example.com" }
      }
    }]
  })
}

resource "aws_iam_role" "one_group" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.gitlab.arn }
      Condition = {
        StringLike   = { "gitlab.example.com:sub" = "project_path:platform/*:ref_type:branch:ref:main" }
        StringEquals = { "gitlab.example.com:aud" = "https://gitlab.example.com" }
      }
    }]
  })
}
