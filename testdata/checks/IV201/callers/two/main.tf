# A role that people enter through an identity provider goes on to the module's.
module "developer" {
  source     = "../modules/developer"
  principals = ["arn:aws:iam::111122223333:root"]
}

resource "aws_iam_role_policy" "entry" {
  role = "entry"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = module.developer.arn }]
  })
}
