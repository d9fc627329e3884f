# The instances of a block that have the same defect at the same text are one finding,
# though the name that gets through is another's for each.
resource "aws_iam_role" "team" {
  for_each = toset(["build", "deploy", "release"])
  name     = each.key

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { StringLike = { "sts:RoleSessionName" = "${each.key}-*" } } # want IV201/medium "^'aws_iam_role.team\\[\"build\"\\]' can be assumed under another's name"
    }]
  })
}
