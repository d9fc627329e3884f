package identity_test

import "testing"

// A role gets a policy in many forms; each lets it assume another role.
func TestAssumedByRole(t *testing.T) {
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
	for _, c := range []struct{ name, text, by string }{
		{"nothing", ``, ""},
		{"another role", `
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = replace(local.assume, "target", "tar")
}
`, ""},
		{"inline", `
resource "aws_iam_role_policy" "this" {
  role   = "x"
  policy = local.assume
}
`, "aws_iam_role_policy.this"},
		{"inline block", `
resource "aws_iam_role" "this" {
  assume_role_policy = "{}"
  inline_policy {
    name   = "assume"
    policy = local.assume
  }
}
`, "aws_iam_role.this"},
		{"managed ARNs", `
resource "aws_iam_role" "this" {
  assume_role_policy  = "{}"
  managed_policy_arns = [aws_iam_policy.assume.arn]
}
`, "aws_iam_role.this"},
		{"attachment", `
resource "aws_iam_role_policy_attachment" "this" {
  role       = "x"
  policy_arn = aws_iam_policy.assume.arn
}
`, "aws_iam_role_policy_attachment.this"},
		{"by ARN", `
resource "aws_iam_role_policy_attachment" "this" {
  role       = "x"
  policy_arn = "arn:aws:iam::111122223333:policy/Assume"
}
`, "aws_iam_role_policy_attachment.this"},
		{"for all", `
resource "aws_iam_policy_attachment" "this" {
  roles      = ["x"]
  policy_arn = aws_iam_policy.assume.arn
}
`, "aws_iam_policy_attachment.this"},
		{"for users", `
resource "aws_iam_policy_attachment" "this" {
  users      = ["x"]
  policy_arn = aws_iam_policy.assume.arn
}
`, ""},
		{"exclusive", `
resource "aws_iam_role_policy_attachments_exclusive" "this" {
  role_name   = "x"
  policy_arns = [aws_iam_policy.assume.arn]
}
`, "aws_iam_role_policy_attachments_exclusive.this"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model(t, map[string]string{"main.tf": files + c.text})
			for _, r := range m.Roles {
				if r.Resource.Name != "target" {
					continue
				}
				by := ""
				if p := m.AssumedByRole(r); p != nil {
					by = p.Address
				}
				if by != c.by {
					t.Errorf("by %q, want %q", by, c.by)
				}
			}
		})
	}
}
