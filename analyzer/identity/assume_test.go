package identity_test

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/identity"
)

// A policy is given in many forms; each lets somebody assume the role.
func TestCallersOf(t *testing.T) {
	const files = `
locals {
  assume = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/target" }]
  })
}

resource "aws_iam_role" "target" {
  name               = "target"
  assume_role_policy = "{}"
}

resource "aws_iam_policy" "assume" {
  name   = "assume"
  policy = local.assume
}
`
	for _, c := range []struct{ name, text, users, others string }{
		{"nobody has it", ``, "", "aws_iam_policy.assume"},
		{"another role", `
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = replace(local.assume, "target", "tar")
}
`, "", "aws_iam_policy.assume"},
		{"inline", `
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = local.assume
}
`, "", "aws_iam_role_policy.this"},
		{"inline block", `
resource "aws_iam_role" "this" {
  assume_role_policy = "{}"
  inline_policy {
    name   = "assume"
    policy = local.assume
  }
}
`, "", "aws_iam_role.this"},
		{"managed ARNs", `
resource "aws_iam_role" "this" {
  assume_role_policy  = "{}"
  managed_policy_arns = [aws_iam_policy.assume.arn]
}
`, "", "aws_iam_role.this"},
		{"attachment", `
resource "aws_iam_role_policy_attachment" "this" {
  role       = "x"
  policy_arn = aws_iam_policy.assume.arn
}
`, "", "aws_iam_role_policy_attachment.this"},
		{"by ARN", `
resource "aws_iam_role_policy_attachment" "this" {
  role       = "x"
  policy_arn = "arn:aws:iam::111122223333:policy/Assume"
}
`, "", "aws_iam_role_policy_attachment.this"},
		{"for all", `
resource "aws_iam_policy_attachment" "this" {
  roles      = ["x"]
  policy_arn = aws_iam_policy.assume.arn
}
`, "", "aws_iam_policy_attachment.this"},
		{"for users", `
resource "aws_iam_policy_attachment" "this" {
  users      = ["x"]
  policy_arn = aws_iam_policy.assume.arn
}
`, "aws_iam_policy_attachment.this", ""},
		{"of a user", `
resource "aws_iam_user_policy" "this" {
  user   = "x"
  policy = local.assume
}
resource "aws_iam_user_policy_attachment" "this" {
  user       = "y"
  policy_arn = aws_iam_policy.assume.arn
}
`, "aws_iam_user_policy.this", ""},
		{"of everything", `
resource "aws_iam_group_policy_attachment" "this" {
  group      = "x"
  policy_arn = aws_iam_policy.assume.arn
}
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = replace(local.assume, "sts:AssumeRole", "*")
}
`, "aws_iam_group_policy_attachment.this", ""},
		{"of all roles that begin so", `
resource "aws_iam_group_policy_attachment" "this" {
  group      = "x"
  policy_arn = aws_iam_policy.assume.arn
}
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = replace(local.assume, "target", "tar*")
}
`, "aws_iam_group_policy_attachment.this", "aws_iam_role_policy.this"},
		{"of some role", `
variable "role" {}
resource "aws_iam_group_policy_attachment" "this" {
  group      = "x"
  policy_arn = aws_iam_policy.assume.arn
}
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = var.role }]
  })
}
`, "aws_iam_group_policy_attachment.this", "aws_iam_role_policy.this"},
		{"a module that is not at hand", `
resource "aws_iam_group_policy_attachment" "this" {
  group      = "x"
  policy_arn = aws_iam_policy.assume.arn
}
module "caller" {
  source = "example/caller/aws"
  assume = [aws_iam_role.target.arn]
}
`, "aws_iam_group_policy_attachment.this", "module.caller"},
		{"exclusive", `
resource "aws_iam_role_policy_attachments_exclusive" "this" {
  role_name   = "x"
  policy_arns = [aws_iam_policy.assume.arn]
}
`, "", "aws_iam_role_policy_attachments_exclusive.this"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model(t, map[string]string{"main.tf": files + c.text})
			for _, r := range m.Roles {
				if r.Resource.Name != "target" {
					continue
				}
				if got, want := m.CallersOf(r), (identity.Callers{Users: c.users, Others: c.others}); got != want {
					t.Errorf("%+v, want %+v", got, want)
				}
			}
		})
	}
}
