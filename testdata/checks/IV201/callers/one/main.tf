# Users call the role here, by all that this root shows.
module "developer" {
  source     = "../modules/developer"
  principals = ["arn:aws:iam::111122223333:root"]
}

resource "aws_iam_group_policy" "developers" {
  group = "developers"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = module.developer.arn }]
  })
}
