package comparison_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// side is a model of root modules, each a directory with one file.
func side(t *testing.T, roots map[string]string) (*identity.Model, *workspace.Boundary) {
	t.Helper()
	files := fstest.MapFS{}
	var dirs []string
	for dir, text := range roots {
		files[dir+"/main.tf"] = &fstest.MapFile{Data: []byte(text)}
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	boundary := workspace.OverFS(files)
	var loaded []*terraform.Root
	for _, dir := range dirs {
		root, err := terraform.LoadConfig(context.Background(), boundary, dir, terraform.Options{})
		if err != nil {
			t.Fatal(err)
		}
		loaded = append(loaded, root)
	}
	return identity.Build(loaded), boundary
}

// told is what a comparison says, a line each: kind, subject, how sure.
func told(c *comparison.Comparison) string {
	var out []string
	for _, ch := range c.Changes {
		for _, name := range append([]string{ch.Name}, ch.Also...) {
			line := fmt.Sprintf("%s %s", ch.Kind, name)
			if ch.Formerly != "" {
				line += " (" + ch.Formerly + ")"
			}
			switch {
			case ch.Wider() == value.Maybe:
				line += "?"
			case ch.Wider() == value.No && ch.Narrower() != value.No:
				line += " -"
			}
			out = append(out, line)
		}
	}
	return strings.Join(out, ", ")
}

func role(label, name, principal string) string {
	return fmt.Sprintf(`
resource "aws_iam_role" %q {
  %s
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { %s } }] })
}
`, label, name, principal)
}

func may(label, role, action string) string {
	return fmt.Sprintf(`
resource "aws_iam_role_policy" %q {
  role   = %s
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = %q, Resource = "*" }] })
}
`, label, role, action)
}

const (
	ec2    = `Service = "ec2.amazonaws.com"`
	lambda = `Service = "lambda.amazonaws.com"`
)

// TestSubjects: who has policies is found by what these bind, wherever that is declared.
func TestSubjects(t *testing.T) {
	one := func(text string) map[string]string { return map[string]string{"a": text} }
	ci := role("ci", `name = "ci"`, ec2)
	group := func(members, actions string) string {
		return `
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_group_membership" "g" {
  name  = "g"
  group = aws_iam_group.g.name
  users = [` + members + `]
}
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = [` + actions + `], Resource = "*" }] })
}
`
	}
	set := func(action string) string {
		return `
resource "aws_ssoadmin_permission_set" "dev" {
  name         = "dev"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}
resource "aws_ssoadmin_permission_set_inline_policy" "dev" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.dev.arn
  inline_policy      = jsonencode({ Statement = [{ Effect = "Allow", Action = "` + action + `", Resource = "*" }] })
}
`
	}
	alone := func(action string) string {
		return `
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "` + action + `", Resource = "*" }] })
}
`
	}
	counted := func(action string) string {
		return `
variable "on" {}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_user_policy" "u" {
  count  = var.on ? 1 : 0
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "` + action + `", Resource = "*" }] })
}
`
	}
	for _, c := range []struct {
		name     string
		was, now map[string]string
		want     string
	}{
		{"nothing", one(ci), one(ci), ""},
		{"another label", one(ci), one(role("deploy", `name = "ci"`, ec2)), ""},
		{"another label, and another principal", one(ci), one(role("deploy", `name = "ci"`, lambda)), "trust aws_iam_role.deploy (aws_iam_role.ci)"},
		{"another name at the same address", one(ci), one(role("ci", `name = "deploy"`, ec2)), ""},
		{"another directory", one(ci), map[string]string{"b": ci}, ""},
		{"two roots with the same names", map[string]string{"a": ci, "b": role("ci", `name = "ci"`, lambda)}, map[string]string{"a": role("ci", `name = "ci"`, lambda), "b": role("ci", `name = "ci"`, lambda)}, "trust aws_iam_role.ci"},
		{"names that change places", one(ci + role("x", `name = "x"`, lambda)), one(role("ci", `name = "x"`, lambda) + role("x", `name = "ci"`, ec2)), ""},
		{"moved", one(role("old", "", ec2)), one(role("new", "", lambda) + "\nmoved {\n  from = aws_iam_role.old\n  to   = aws_iam_role.new\n}\n"), "trust aws_iam_role.new (aws_iam_role.old)"},
		{"new", one(""), one(ci), "trust aws_iam_role.ci"},
		{"gone", one(ci), one(""), "trust aws_iam_role.ci -"},
		{"another label without a name", one(role("old", "", ec2)), one(role("new", "", ec2)), "trust aws_iam_role.new, trust aws_iam_role.old -"},

		{"split", one(ci + may("all", "aws_iam_role.ci.name", "s3:*")), one(ci + may("a", `"ci"`, "s3:Get*") + may("b", "aws_iam_role.ci.id", "s3:Put*")), "permissions aws_iam_role.ci -"},
		{"put together", one(ci + may("a", `"ci"`, "s3:Get*") + may("b", "aws_iam_role.ci.id", "s3:Put*")), one(ci + may("all", "aws_iam_role.ci.name", "s3:*")), "permissions aws_iam_role.ci"},
		{"from one role to another", one(ci + role("x", `name = "x"`, ec2) + may("p", "aws_iam_role.ci.name", "s3:*")), one(ci + role("x", `name = "x"`, ec2) + may("p", "aws_iam_role.x.name", "s3:*")), "permissions aws_iam_role.ci -, permissions aws_iam_role.x"},
		{"attached in another way", one(ci + alone("s3:*") + `
resource "aws_iam_role_policy_attachment" "p" {
  role       = aws_iam_role.ci.name
  policy_arn = aws_iam_policy.p.arn
}
`), one(`
resource "aws_iam_role" "ci" {
  name                = "ci"
  assume_role_policy  = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  managed_policy_arns = [aws_iam_policy.p.arn]
}
` + alone("s3:*")), ""},
		{"a policy of AWS", one(ci), one(ci + `
resource "aws_iam_role_policy_attachment" "p" {
  role       = aws_iam_role.ci.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`), "permissions aws_iam_role.ci"},
		{"a policy that nobody has", one(alone("s3:Get*")), one(alone("s3:*")), "policy aws_iam_policy.p?"},

		{"a group", one(group("aws_iam_user.u.name", `"s3:Get*"`)), one(group("aws_iam_user.u.name", `"s3:*"`)), "permissions aws_iam_group.g"},
		{"who joins it", one(group("", `"s3:Get*"`)), one(group("aws_iam_user.u.name", `"s3:Get*"`)), "permissions aws_iam_user.u"},
		{"who joins it and is allowed more", one(group("", `"s3:Get*"`)), one(group("aws_iam_user.u.name", `"s3:*"`)), "permissions aws_iam_user.u, permissions aws_iam_group.g"},
		{"a permission set", one(set("s3:Get*")), one(set("s3:*")), "permissions aws_ssoadmin_permission_set.dev"},

		{"what may not be there", one(counted("s3:Get*")), one(counted("s3:*")), "permissions aws_iam_user.u?"},
		{"what may not be there, the same", one(counted("s3:Get*")), one(counted("s3:Get*")), ""},
		{"a module that is not at hand", one(""), one("module \"m\" {\n  source = \"acme/roles/aws\"\n}\n"), "module module.m?"},
		{"another version of it", one("module \"m\" {\n  source  = \"acme/roles/aws\"\n  version = \"1.0.0\"\n}\n"), one("module \"m\" {\n  source  = \"acme/roles/aws\"\n  version = \"1.1.0\"\n}\n"), "module module.m?"},
		{"the same", one("module \"m\" {\n  source = \"acme/roles/aws\"\n}\n"), one("module \"m\" {\n  source = \"acme/roles/aws\"\n}\n"), ""},
	} {
		was, _ := side(t, c.was)
		now, files := side(t, c.now)
		got := comparison.Of(was, now, comparison.Options{Files: files, Denied: true})
		if told(got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, told(got), c.want)
		}
	}
}

// TestOrganizations: what is newly allowed in an organization is found at the highest node
// for which it is, whatever of it has changed.
func TestOrganizations(t *testing.T) {
	const organization = `
resource "aws_organizations_organization" "o" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
}
resource "aws_organizations_organizational_unit" "prod" {
  name      = "prod"
  parent_id = aws_organizations_organization.o.roots[0].id
}
`
	policy := func(label, kind, statement string) string {
		return fmt.Sprintf(`
resource "aws_organizations_policy" %q {
  name    = %[1]q
  type    = %q
  content = jsonencode({ Version = "2012-10-17", Statement = [%s] })
}
`, label, kind, statement)
	}
	attach := func(label, policy, target string) string {
		return fmt.Sprintf(`
resource "aws_organizations_policy_attachment" %q {
  policy_id = aws_organizations_policy.%s.id
  target_id = %s
}
`, label, policy, target)
	}
	account := func(unit string) string {
		return `
resource "aws_organizations_account" "a" {
  name      = "a"
  email     = "a@example.com"
  parent_id = ` + unit + `
}
`
	}
	const (
		root     = "aws_organizations_organization.o.roots[0].id"
		prod     = "aws_organizations_organizational_unit.prod.id"
		scp, rcp = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
		noS3     = `{ Effect = "Deny", Action = "s3:*", Resource = "*" }`
		noPut    = `{ Effect = "Deny", Action = "s3:Put*", Resource = "*" }`
		allowS3  = `{ Effect = "Allow", Action = "s3:*", Resource = "*" }`
		allowTwo = `{ Effect = "Allow", Action = ["s3:*", "sqs:*"], Resource = "*" }`
		strange  = `{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*", Condition = { StringNotEqualsIfExists = { "aws:PrincipalOrgID" = "o-abcdefghij" } } }`
		stranger = `{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*", Condition = { StringNotEqualsIfExists = { "aws:PrincipalOrgID" = ["o-abcdefghij", "o-zyxwvutsrq"] } } }`
	)
	guarded := organization + policy("g", scp, noS3)
	all := "scp the root of aws_organizations_organization.o, scp aws_organizations_organizational_unit.prod"
	for _, c := range []struct{ name, was, now, want string }{
		{"the same", guarded + attach("a", "g", root), guarded + attach("a", "g", root), ""},
		{"a narrower Deny", guarded + attach("a", "g", root), organization + policy("g", scp, noPut) + attach("a", "g", root), all},
		{"a wider Deny", organization + policy("g", scp, noPut) + attach("a", "g", root), guarded + attach("a", "g", root), ""},
		{"detached", guarded + attach("a", "g", root), guarded, all},
		{"to a unit", guarded + attach("a", "g", root), guarded + attach("a", "g", prod), "scp the root of aws_organizations_organization.o"},
		{"to the root", guarded + attach("a", "g", prod), guarded + attach("a", "g", root), ""},
		{"under another name", guarded + attach("a", "g", root), organization + policy("h", scp, noS3) + attach("b", "h", root), ""},
		{"in two", organization + policy("g", scp, noS3+", "+allowS3) + attach("a", "g", root), organization + policy("g", scp, noS3) + policy("h", scp, allowS3) + attach("a", "g", root) + attach("b", "h", root), ""},
		{"an account to another unit", guarded + account(prod) + attach("a", "g", prod), guarded + account(root) + attach("a", "g", prod), "scp aws_organizations_account.a"},
		{"a target that is not named any more", guarded + attach("a", "g", `"ou-abcd-12345678"`), guarded, "scp ou-abcd-12345678"},
		{"an unknown target", "variable \"t\" {}\n" + guarded + attach("a", "g", "var.t"), "variable \"t\" {}\n" + organization + policy("g", scp, noPut) + attach("a", "g", "var.t"), "scp var.t"},
		{"attached to nothing here", guarded, organization + policy("g", scp, noPut), "scp aws_organizations_policy.g?"},
		{"no policies at all", guarded + attach("a", "g", root), strings.Replace(guarded, `"SERVICE_CONTROL_POLICY", `, "", 1) + attach("a", "g", root), all},
		{"an Allow beside FullAWSAccess", organization + policy("g", scp, allowS3) + attach("a", "g", root), organization + policy("g", scp, allowTwo) + attach("a", "g", root),
			"scp the root of aws_organizations_organization.o?, scp aws_organizations_organizational_unit.prod?"},
		{"a resource control policy", organization + policy("r", rcp, strange) + attach("a", "r", prod), organization + policy("r", rcp, stranger) + attach("a", "r", prod), "rcp aws_organizations_organizational_unit.prod"},
		{"a stricter one", organization + policy("r", rcp, stranger) + attach("a", "r", prod), organization + policy("r", rcp, strange) + attach("a", "r", prod), ""},
	} {
		was, _ := side(t, map[string]string{"org": c.was})
		now, files := side(t, map[string]string{"org": c.now})
		got := comparison.Of(was, now, comparison.Options{Files: files})
		if told(got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, told(got), c.want)
		}
	}
}
