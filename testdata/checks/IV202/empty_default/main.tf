# A module that nobody calls: that nobody is trusted by default says nothing of
# its callers, nor does it that there is no role then.
variable "trusted" {
  type    = list(string)
  default = []
}

variable "teams" {
  type    = map(string)
  default = {}
}

resource "aws_iam_role" "trusted" {
  count = length(var.trusted) > 0 ? 1 : 0

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want? IV201 "aws_iam_role.trusted"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.trusted } # want? IV202/high "aws_iam_role.trusted"
    }]
  })
}

resource "aws_iam_role" "teams" {
  for_each = var.teams

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want? IV201 "aws_iam_role.teams"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${each.value}:root" }
    }]
  })
}
