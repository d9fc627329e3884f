# What carries no MFA is a caller, too: where a user has a key beside the password, or a
# role has the policy, whoever asks for MFA has to say what becomes of these.
resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_login_profile" "ann" { # want IV304 "aws_iam_user_login_profile.ann"
  user = aws_iam_user.ann.name
}

resource "aws_iam_access_key" "ann" {
  user = aws_iam_user.ann.name
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# The policy binds a role as well.
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_login_profile" "bob" { # want IV304 "aws_iam_user_login_profile.bob"
  user = aws_iam_user.bob.name
}

resource "aws_iam_user_policy_attachment" "bob" {
  user       = aws_iam_user.bob.name
  policy_arn = aws_iam_policy.mfa.arn
}

resource "aws_iam_role_policy_attachment" "ci" {
  role       = "ci"
  policy_arn = aws_iam_policy.mfa.arn
}

data "aws_iam_policy_document" "mfa" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }

  statement {
    effect      = "Deny"
    not_actions = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices"]
    resources   = ["*"]

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthenticated"
      values   = ["false"]
    }
  }
}

resource "aws_iam_policy" "mfa" {
  policy = data.aws_iam_policy_document.mfa.json
}

# Nobody shows that the user may enrol a device; its ARN has the path in it.
resource "aws_iam_user" "eve" {
  name = "eve"
  path = "/people/"
}

resource "aws_iam_user_login_profile" "eve" { # want IV304 "aws_iam_user_login_profile.eve"
  user = aws_iam_user.eve.name
}

resource "aws_iam_user_policy_attachment" "eve" {
  user       = aws_iam_user.eve.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
