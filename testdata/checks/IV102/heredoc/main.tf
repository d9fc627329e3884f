# The same slip in a heredoc, whose indentation is not part of the policy.
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

# want@+11 IV102/medium "aws_organizations_policy.root"
resource "aws_organizations_policy" "root" {
  name = "root"

  content = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {
          "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
          "Bool": {"aws:MultiFactorAuthPresent": false}
        }
      }
    }
  JSON
}

resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = aws_organizations_organization.this.roots[0].id
}
