variable "name" {
  type = string
}

variable "content" {
  type = string
}

variable "target" {
  type = string
}

resource "aws_organizations_policy" "this" {
  name    = var.name
  content = var.content # want? IV102 "module.scp"
}

resource "aws_organizations_policy_attachment" "this" {
  policy_id = aws_organizations_policy.this.id
  target_id = var.target
}
