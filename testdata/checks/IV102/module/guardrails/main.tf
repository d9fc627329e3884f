# Policies from a directory of files, all attached to one target.
variable "root" {
  type = string
}

resource "aws_organizations_policy" "this" {
  for_each = fileset(path.module, "policies/*.json")

  name    = trimsuffix(basename(each.value), ".json")
  content = file("${path.module}/${each.value}")
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = aws_organizations_policy.this

  policy_id = each.value.id
  target_id = var.root
}
