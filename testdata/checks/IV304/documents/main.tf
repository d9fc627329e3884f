# Forms of documents that peers drop: merged, in a heredoc, with a variable.
variable "extra" {
  type = string
}

data "aws_iam_policy_document" "allow" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents = [data.aws_iam_policy_document.allow.json]

  statement {
    effect      = "Deny"
    not_actions = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices"]
    resources   = ["*"]

    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_user" "merged" {
  name = "merged"
}

resource "aws_iam_user_login_profile" "merged" {
  user = aws_iam_user.merged.name
}

resource "aws_iam_user_policy" "merged" {
  name   = "merged"
  user   = aws_iam_user.merged.name
  policy = data.aws_iam_policy_document.merged.json
}

resource "aws_iam_user" "heredoc" {
  name = "heredoc"
}

resource "aws_iam_user_login_profile" "heredoc" { # want IV304/high "aws_iam_user_login_profile.heredoc"
  user = aws_iam_user.heredoc.name
}

resource "aws_iam_user_policy" "heredoc" {
  name = "heredoc"
  user = aws_iam_user.heredoc.name

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/$${aws:username}"}
    }
  EOT
}

# What the variable adds may require MFA, or be the way around it.
resource "aws_iam_user" "unknown" {
  name = "unknown"
}

resource "aws_iam_user_login_profile" "unknown" { # want? IV304 "aws_iam_user_login_profile.unknown"
  user = aws_iam_user.unknown.name
}

resource "aws_iam_user_policy" "unknown" {
  name   = "unknown"
  user   = aws_iam_user.unknown.name
  policy = var.extra
}
