package identity_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// model loads root modules, each directory of the files being one.
func model(t *testing.T, files map[string]string) *identity.Model {
	t.Helper()
	fsys := fstest.MapFS{}
	dirs := map[string]bool{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		dir := "."
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			dir = name[:i]
		}
		dirs[dir] = true
	}
	var names []string
	for d := range dirs {
		names = append(names, d)
	}
	sort.Strings(names)
	var roots []*terraform.Root
	for _, d := range names {
		r, err := terraform.LoadConfig(context.Background(), workspace.OverFS(fsys), d, terraform.Options{Uncalled: true})
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, r)
	}
	return identity.Build(roots)
}

// tree is an organization in a line: nodes with what is attached, in brackets
// what is below them, a question mark for what hangs somewhere below.
func tree(n *identity.Node) string {
	out := n.Name
	if n.ParentUnknown {
		out += "?"
	}
	for _, a := range n.Attachments {
		switch {
		case a.Policy != nil:
			out += "+" + a.Policy.Resource.Name
		default:
			out += "+" + a.PolicyID.TextOr("unknown")
		}
	}
	var below []string
	for _, c := range n.Children {
		below = append(below, tree(c))
	}
	if len(below) > 0 {
		out += "(" + strings.Join(below, " ") + ")"
	}
	return out
}

const (
	org  = `resource "aws_organizations_organization" "o" {}` + "\n"
	root = "aws_organizations_organization.o.roots[0].id"
	scp  = `resource "aws_organizations_policy" "p" { content = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }` + "\n"
)

func unit(name, parent string) string {
	return fmt.Sprintf("resource \"aws_organizations_organizational_unit\" %q {\n name = %q\n parent_id = %s\n}\n", name, name, parent)
}

func account(name, parent string) string {
	return fmt.Sprintf("resource \"aws_organizations_account\" %q {\n name = %q\n parent_id = %s\n}\n", name, name, parent)
}

func attach(name, policy, target string) string {
	return fmt.Sprintf("resource \"aws_organizations_policy_attachment\" %q {\n policy_id = %s\n target_id = %s\n}\n", name, policy, target)
}

const unitID = "aws_organizations_organizational_unit."

func TestTree(t *testing.T) {
	p := "aws_organizations_policy.p.id"
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"an organization alone", map[string]string{"main.tf": org}, "root"},
		{"units before accounts, by name", map[string]string{"main.tf": org + unit("b", root) + unit("a", root) + account("z", root)}, "root(a b z)"},
		{"an account without a parent is in the root", map[string]string{"main.tf": org + account("z", "null")}, "root(z)"},
		{"units in units", map[string]string{"main.tf": org + unit("a", root) + unit("b", unitID+"a.id") + account("z", unitID+"b.id")}, "root(a(b(z)))"},
		{"the ARN of a unit", map[string]string{"main.tf": org + unit("a", root) + scp + attach("x", p, unitID+"a.arn")}, "root(a+p)"},
		{"an unknown parent", map[string]string{"main.tf": org + "variable \"v\" {}\n" + unit("a", "var.v")}, "root(a?)"},
		{"a parent that is an account", map[string]string{"main.tf": org + account("z", root) + unit("a", "aws_organizations_account.z.id")}, "root(a? z)"},
		{"a circle", map[string]string{"main.tf": org + unit("a", unitID+"b.id") + unit("b", unitID+"a.id")}, "root(b?(a))"},
		{"its own parent", map[string]string{"main.tf": org + unit("a", unitID+"a.id")}, "root(a?)"},
		{"a literal root", map[string]string{"main.tf": org + scp + attach("x", p, `"r-ab12"`)}, "root+p"},
		{"a literal unit", map[string]string{"main.tf": org + scp + attach("x", p, `"ou-ab12-12345678"`) + account("z", `"ou-ab12-12345678"`)}, "root(ou-ab12-12345678?+p(z))"},
		{"the literal ARN of a unit", map[string]string{"main.tf": org + scp + attach("x", p, `"arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-ab12-12345678"`)}, "root(ou-ab12-12345678?+p)"},
		{"a literal account", map[string]string{"main.tf": org + scp + attach("x", p, `"111122223333"`)}, "root(111122223333?+p)"},
		{"an imported unit", map[string]string{"main.tf": org + unit("a", root) + "import {\n to = " + unitID + "a\n id = \"ou-ab12-12345678\"\n}\n" + scp + attach("x", p, `"ou-ab12-12345678"`)}, "root(a+p)"},
		{"the management account is no node", map[string]string{"main.tf": org + scp + attach("x", p, "aws_organizations_organization.o.master_account_id")}, "root"},
		{"a policy by its id", map[string]string{"main.tf": org + attach("x", `"p-0123456789"`, root)}, "root+p-0123456789"},
		{"a unit that is only read", map[string]string{"main.tf": org + "data \"aws_organizations_organizational_unit\" \"d\" {\n name = \"lab\"\n parent_id = " + root + "\n}\n" + account("z", "data."+unitID+"d.id")}, "root(lab(z))"},
		{"a unit that is read and declared", map[string]string{
			"a/main.tf": org + unit("lab", root),
			"b/main.tf": "data \"aws_organizations_organization\" \"o\" {}\ndata \"aws_organizations_organizational_unit\" \"d\" {\n name = \"lab\"\n parent_id = data." + root + "\n}\n" + scp + attach("x", p, "data."+unitID+"d.id"),
		}, "root(lab+p)"},
		{"units of equal names", map[string]string{"main.tf": org + unit("a", root) + unit("b", root) + "data \"aws_organizations_organizational_unit\" \"d\" {\n name = \"lab\"\n parent_id = " + unitID + "a.id\n}\nresource \"aws_organizations_organizational_unit\" \"lab\" {\n name = \"lab\"\n parent_id = " + unitID + "b.id\n}\n" + scp + attach("x", p, "data."+unitID+"d.id")}, "root(a(lab+p) b(lab))"},
		{"several root modules", map[string]string{
			"a/main.tf": org + account("z", "null"),
			"b/main.tf": "data \"aws_organizations_organization\" \"o\" {}\n" + scp + attach("x", p, "data."+root),
		}, "root+p(z)"},
		{"no organization", map[string]string{"main.tf": "data \"aws_organizations_organization\" \"o\" {}\n" + scp + attach("x", p, "data."+root)}, "root+p"},
		{"for_each over units", map[string]string{"main.tf": org + unit("a", root) + unit("b", root) + unit("c", root) + scp +
			"resource \"aws_organizations_policy_attachment\" \"x\" {\n for_each = toset([" + unitID + "a.id, " + unitID + "b.id])\n policy_id = " + p + "\n target_id = each.value\n}\n"}, "root(a+p b+p c)"},
		{"Cloud Control", map[string]string{"main.tf": "resource \"awscc_organizations_organization\" \"o\" {}\nresource \"awscc_organizations_policy\" \"q\" {\n type = \"SERVICE_CONTROL_POLICY\"\n target_ids = [awscc_organizations_organization.o.root_id, \"111122223333\"]\n content = { Version = \"2012-10-17\", Statement = [] }\n}\n"},
			"root+q(111122223333?+q)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := model(t, tt.files)
			if len(m.Organizations) != 1 {
				t.Fatalf("%d organizations", len(m.Organizations))
			}
			if got := tree(m.Organizations[0].Root); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Whatever is attached where, a node has one way up, and it ends at the root.
func FuzzTree(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5})
	f.Add([]byte{1, 0, 3, 2, 5, 4, 250, 251})
	f.Fuzz(func(t *testing.T, parents []byte) {
		if len(parents) > 40 {
			parents = parents[:40]
		}
		var b strings.Builder
		b.WriteString(org)
		for i, p := range parents {
			parent := root
			if int(p) < len(parents) {
				parent = fmt.Sprintf("%su%d.id", unitID, p)
			} else if p > 200 {
				parent = fmt.Sprintf("%q", fmt.Sprintf("ou-ab12-%08d", p))
			}
			b.WriteString(unit(fmt.Sprintf("u%d", i), parent))
		}
		m := model(t, map[string]string{"main.tf": b.String()})
		found := 0
		m.Organizations[0].Root.Walk(func(n *identity.Node) {
			found++
			if path := n.Path(); path[0].Kind != identity.OrganizationRoot || path[len(path)-1] != n {
				t.Errorf("%s: its path is %v", n.Name, path)
			}
		})
		if found < len(parents)+1 {
			t.Errorf("%d of %d nodes are in the tree", found, len(parents)+1)
		}
	})
}

func TestControlTower(t *testing.T) {
	control := func(id, more string) string {
		return org + unit("a", root) + "variable \"v\" {}\ndata \"aws_region\" \"r\" {}\nresource \"aws_controltower_control\" \"c\" {\n control_identifier = " + id + "\n target_identifier = " + unitID + "a.arn\n" + more + "}\n"
	}
	tests := []struct{ name, config, action, exempt string }{
		{"by name", control(`"arn:aws:controltower:us-east-1::control/AWS-GR_RESTRICT_ROOT_USER"`, ""), "*", "false"},
		{"in some Region", control(`"arn:aws:controltower:${data.aws_region.r.name}::control/AWS-GR_RESTRICT_ROOT_USER"`, ""), "*", "false"},
		{"by the catalog's identifier", control(`"arn:aws:controlcatalog:::control/5kvme4m5d2b4d7if2fs5yg2ui"`, ""), "*", "false"},
		{"access keys", control(`"arn:aws:controltower:us-east-1::control/AWS-GR_RESTRICT_ROOT_USER_ACCESS_KEYS"`, ""), "iam:CreateAccessKey", "false"},
		{"central sessions exempt", control(`"arn:aws:controltower:us-east-1::control/AWS-GR_RESTRICT_ROOT_USER"`, "parameters {\n key = \"ExemptAssumeRoot\"\n value = jsonencode([\"true\"])\n}\n"), "*", "true"},
		{"another control", control(`"arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES"`, ""), "", ""},
		{"not known", control("var.v", ""), "?", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := model(t, map[string]string{"main.tf": tt.config}).Organizations[0]
			attached := o.Root.Children[0].Attachments
			if tt.action == "" {
				if len(attached) != 0 {
					t.Fatalf("%d attachments", len(attached))
				}
				return
			}
			if len(attached) != 1 {
				t.Fatalf("%d attachments", len(attached))
			}
			doc := attached[0].Policy.Document
			if tt.action == "?" {
				if !doc.Open {
					t.Error("the policy is not open")
				}
				return
			}
			s := doc.Statements[0]
			if s.AdmitsAction(strings.Replace(tt.action, "*", "s3:GetObject", 1)) != value.Yes || (s.AdmitsAction("s3:GetObject") == value.Yes) != (tt.action == "*") {
				t.Errorf("its actions are not %s", tt.action)
			}
			if got := fmt.Sprint(len(s.Conditions) == 2); got != tt.exempt {
				t.Errorf("exempt %s, want %s", got, tt.exempt)
			}
		})
	}
}

// A literal id may be that of any unit whose id is not known yet, and of none
// whose id is.
func TestMayTarget(t *testing.T) {
	m := model(t, map[string]string{"main.tf": org + unit("a", root) + unit("b", root) + account("z", root) +
		"import {\n to = " + unitID + "b\n id = \"ou-ab12-87654321\"\n}\n" + scp +
		attach("unit", "aws_organizations_policy.p.id", `"ou-ab12-12345678"`) + "variable \"v\" {}\n" +
		attach("unknown", "aws_organizations_policy.p.id", "var.v") +
		attach("account", "aws_organizations_policy.p.id", "aws_organizations_organization.o.accounts[0].id")})
	o := m.Organizations[0]
	got := map[string]string{}
	for _, a := range o.Unplaced {
		o.Root.Walk(func(n *identity.Node) {
			if a.MayTarget(n) {
				got[a.Resource.Name] += n.Name + " "
			}
		})
	}
	want := map[string]string{"unit": "a ", "unknown": "root a b ou-ab12-12345678 z ", "account": "z "}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s: may target %q, want %q", name, got[name], w)
		}
	}
}

func TestTooLong(t *testing.T) {
	policy := func(kind string, n int) string {
		return fmt.Sprintf("resource \"aws_organizations_policy\" \"p\" {\n type = %q\n content = \"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}%s\"\n}\n", kind, strings.Repeat("ä", n-len(`{"Version":"2012-10-17","Statement":[]}`)))
	}
	tests := []struct {
		kind string
		n    int
		want bool
	}{
		{"SERVICE_CONTROL_POLICY", identity.SCPCharacters, false},
		{"SERVICE_CONTROL_POLICY", identity.SCPCharacters + 1, true},
		{"RESOURCE_CONTROL_POLICY", identity.RCPCharacters, false},
		{"RESOURCE_CONTROL_POLICY", identity.RCPCharacters + 1, true},
		{"TAG_POLICY", identity.SCPCharacters + 1, false},
	}
	for _, tt := range tests {
		p := model(t, map[string]string{"main.tf": policy(tt.kind, tt.n)}).OrganizationPolicies[0]
		if p.Length() != tt.n || p.TooLong() != tt.want {
			t.Errorf("%s of %d: length %d, too long %v", tt.kind, tt.n, p.Length(), p.TooLong())
		}
	}
}
