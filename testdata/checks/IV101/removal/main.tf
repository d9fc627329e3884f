# A key of root, what keeps it for others, and a policy for a user that is none.
resource "aws_iam_access_key" "root" {
  user = "root" # want IV101/critical "aws_iam_access_key.root"
}

# For the migration of 2019.
output "id" {
  value = aws_iam_access_key.root.id
}

resource "aws_ssm_parameter" "secret" {
  name  = "/root/secret"
  type  = "SecureString"
  value = aws_iam_access_key.root.secret
}

resource "aws_secretsmanager_secret" "root" {
  name = "root"
}

resource "aws_secretsmanager_secret_version" "root" {
  secret_id     = aws_secretsmanager_secret.root.id
  secret_string = aws_iam_access_key.root.secret
}

data "aws_iam_policy_document" "billing" {
  statement {
    actions   = ["ce:*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "billing" {
  name   = "billing"
  policy = data.aws_iam_policy_document.billing.json
}

resource "aws_iam_user_policy_attachment" "billing" {
  user       = "root"
  policy_arn = aws_iam_policy.billing.arn
}

resource "aws_s3_bucket" "other" {
  bucket = "other"
}
