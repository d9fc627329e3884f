variable "root_id" {
  type = string
}

resource "aws_organizations_policy" "leave" {
  name = "leave"

  content = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [{ "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*" }]
    }
  POLICY
}

resource "aws_organizations_policy_attachment" "leave" {
  policy_id = aws_organizations_policy.leave.id
  target_id = var.root_id
}
