# Members that join puts into the text of a policy: how many there are is not
# known, what they look like is.
variable "accounts" {
  type = list(string)
}

resource "aws_iam_role" "accounts" {
  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "AWS": [${join(",", formatlist("\"arn:aws:iam::%s:root\"", var.accounts))}] },
        "Condition": { "StringEquals": { "sts:RoleSessionName": "$${aws:username}" } }
      }]
    }
  EOT
}

# With the quotes around all of them.
resource "aws_iam_role" "quotes" {
  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "AWS": ["${join("\", \"", [for a in var.accounts : "arn:aws:iam::${a}:user/deploy"])}"] },
        "Condition": { "StringEquals": { "sts:RoleSessionName": "$${aws:username}" } }
      }]
    }
  EOT
}

# Of these nothing is known: one may be everybody.
resource "aws_iam_role" "any" {
  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "AWS": ["${join("\",\"", var.accounts)}"] },
        "Condition": { "StringEquals": { "sts:RoleSessionName": "$${aws:username}" } }
      }]
    }
  EOT
}
# want?@-6 IV202/high "aws_iam_role.any"
