# It restrains nobody who signs in as root.
variable "target" {
  type = string
}

resource "aws_organizations_policy" "leave" {
  name = "leave"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "organizations:LeaveOrganization", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "leave" {
  policy_id = aws_organizations_policy.leave.id
  target_id = var.target
}
