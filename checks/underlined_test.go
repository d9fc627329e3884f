package checks_test

import (
	"fmt"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
)

// TestUnderlined: where a value is what is wrong, it is underlined, and neither the
// operator nor the block; where the operator is, the operator with what it stands over.
func TestUnderlined(t *testing.T) {
	trust := func(principal, condition string) string {
		return fmt.Sprintf("resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode({\n    Version   = \"2012-10-17\"\n    Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole%s, Condition = { %s } }]\n  })\n}\n", principal, condition)
	}
	account := `", Principal = { AWS = "arn:aws:iam::111122223333:root" }`
	github := `WithWebIdentity", Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }`
	scp := func(condition string) string {
		return fmt.Sprintf("resource \"aws_organizations_organization\" \"o\" {\n  feature_set = \"ALL\"\n  enabled_policy_types = [\"SERVICE_CONTROL_POLICY\"]\n}\n"+
			"resource \"aws_organizations_policy\" \"p\" {\n  name = \"p\"\n  content = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{ Effect = \"Deny\", Action = \"*\", Resource = \"*\", Condition = { %s } }]\n  })\n}\n"+
			"resource \"aws_organizations_policy_attachment\" \"p\" {\n  policy_id = aws_organizations_policy.p.id\n  target_id = aws_organizations_organization.o.roots[0].id\n}\n", condition)
	}
	const root = `StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }`
	for _, test := range []struct{ name, text, rule, want string }{
		{"a name that is anybody's", trust(account, `StringLike = { "sts:RoleSessionName" = "*" }`), "IV201", `"*"`},
		{"one of several names", trust(account, `StringLike = { "sts:RoleSessionName" = ["*"] }`), "IV201", `["*"]`},
		{"an operator that negates", trust(account, `StringNotEquals = { "sts:RoleSessionName" = "root" }`), "IV201", `StringNotEquals = { "sts:RoleSessionName" = "root"`},
		{"a subject of other owners", trust(github, `StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }, StringLike = { "token.actions.githubusercontent.com:sub" = "repo:exam*" }`), "IV203", `"repo:exam*"`},
		{"everybody", "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = \"*\" } }] })\n}\n", "IV202", `"*"`},
		{"the root of one account", scp(`StringLike = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:root" }, BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }`), "IV102", `"arn:aws:iam::111122223333:root"`},
		{"an operator that an absent key escapes", scp(root + `, Bool = { "aws:MultiFactorAuthPresent" = "false" }`), "IV102", `Bool = { "aws:MultiFactorAuthPresent" = "false"`},
		{"MFA the wrong way round", scp(root + `, BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" }`), "IV102", `"true"`},
		{"the whole Internet", scp(root + `, NotIpAddressIfExists = { "aws:SourceIp" = "0.0.0.0/0" }`), "IV105", `"0.0.0.0/0"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := decide(t, map[string]string{"main.tf": test.text})
			for _, f := range analyzer.Every(r.Findings) {
				if f.Check.ID == test.rule {
					if got := f.Span.Text(); got != test.want {
						t.Errorf("underlined is %s, not %s: %s", got, test.want, f.Message)
					}
					return
				}
			}
			t.Errorf("no finding of %s: %v", test.rule, saidBy(r.Findings))
		})
	}
}
