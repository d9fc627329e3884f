# "any" inside a collection type is one type for all members: the number becomes
# a text beside the other, and both accounts are admitted.
variable "accounts" {
  type    = list(map(any))
  default = [{ id = 111122223333 }, { id = "444455556666" }]
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/medium "'111122223333' and '444455556666'"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = [for a in var.accounts : a.id] }
    }]
  })
}
