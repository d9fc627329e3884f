package organization_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

func model(t *testing.T, config ...string) *identity.Model {
	t.Helper()
	fsys := fstest.MapFS{"main.tf": {Data: []byte(strings.Join(config, "\n"))}}
	root, err := terraform.LoadConfig(context.Background(), workspace.OverFS(fsys), ".", terraform.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return identity.Build([]*terraform.Root{root})
}

const (
	enabled = `resource "aws_organizations_organization" "o" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
}`
	root = "aws_organizations_organization.o.roots[0].id"

	withoutMFA = `{ Effect = "Deny", Action = "*", Resource = "*", Condition = {
    StringLike   = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
    BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
  } }`
	fromElsewhere = `{ Effect = "Deny", Action = "*", Resource = "*", Condition = {
    StringLike           = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
    NotIpAddressIfExists = { "aws:SourceIp" = "198.51.100.0/24" }
    BoolIfExists         = { "aws:ViaAWSService" = "false" }
  } }`
	all        = `{ Effect = "Deny", Action = "*", Resource = "*", Condition = { StringLike = { "aws:PrincipalArn" = "arn:*:iam::*:root" } } }`
	noUsers    = `{ Effect = "Deny", Action = "*", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } }`
	strangers  = `{ Effect = "Deny", Principal = "*", Action = "sts:AssumeRole", Resource = "*", Condition = { StringNotEqualsIfExists = { "aws:PrincipalOrgID" = "o-abcdefghij" } } }`
	notSigning = `{ Effect = "Deny", Principal = "*", Action = "signin:*", Resource = "*" }`
)

func unit(name, parent string) string {
	return fmt.Sprintf("resource \"aws_organizations_organizational_unit\" %q {\n name = %[1]q\n parent_id = %s\n}\n", name, parent)
}

// account is an account whose id an import tells.
func account(name, id, parent string) string {
	text := fmt.Sprintf("resource \"aws_organizations_account\" %q {\n name = %[1]q\n parent_id = %s\n}\n", name, parent)
	if id != "" {
		text += fmt.Sprintf("import {\n to = aws_organizations_account.%s\n id = %q\n}\n", name, id)
	}
	return text
}

// attached is a policy of a kind, attached to targets.
func attached(name, kind, statement string, targets ...string) string {
	text := fmt.Sprintf("resource \"aws_organizations_policy\" %q {\n name = %[1]q\n type = %q\n content = jsonencode({ Version = \"2012-10-17\", Statement = [%s] })\n}\n", name, kind, statement)
	for i, target := range targets {
		text += fmt.Sprintf("resource \"aws_organizations_policy_attachment\" \"%s%d\" {\n policy_id = aws_organizations_policy.%[1]s.id\n target_id = %[3]s\n}\n", name, i, target)
	}
	return text
}

func scp(name, statement string, targets ...string) string {
	return attached(name, "SERVICE_CONTROL_POLICY", statement, targets...)
}

func rcp(name, statement string, targets ...string) string {
	return attached(name, "RESOURCE_CONTROL_POLICY", statement, targets...)
}

func unitID(name string) string { return "aws_organizations_organizational_unit." + name + ".id" }

// decided is what was decided of each node, in a line.
func decided(o *identity.Organization, decide func(*identity.Node) organization.Decision) string {
	var out []string
	o.Root.Walk(func(n *identity.Node) { out = append(out, n.Name+" "+decide(n).Class) })
	return strings.Join(out, ", ")
}

func TestDecide(t *testing.T) {
	tree := enabled + "\n" + unit("a", root) + unit("b", root) + account("x", "111122223333", unitID("a")) + account("y", "444455556666", unitID("b"))
	tests := []struct {
		name, config  string
		terms         organization.Terms
		mfa, networks string
	}{
		{"nothing is attached", tree, organization.Terms{},
			"root open, a open, x open, b open, y open", "root open, a open, x open, b open, y open"},
		{"what binds the root binds all", tree + scp("p", withoutMFA, root), organization.Terms{},
			"root enforced, a enforced, x enforced, b enforced, y enforced", "root open, a open, x open, b open, y open"},
		{"what binds a unit binds what is below it", tree + scp("p", withoutMFA, unitID("a")), organization.Terms{},
			"root open, a enforced, x enforced, b open, y open", "root open, a open, x open, b open, y open"},
		{"who can do nothing is confined", tree + scp("p", all, unitID("b")), organization.Terms{},
			"root open, a open, x open, b denied, y denied", "root open, a open, x open, b denied, y denied"},
		{"networks, any known ones", tree + scp("p", fromElsewhere, root), organization.Terms{},
			"root partial, a partial, x partial, b partial, y partial", "root confined, a confined, x confined, b confined, y confined"},
		{"networks, others than the project's", tree + scp("p", fromElsewhere, root), organization.Terms{Allowed: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}},
			"root partial, a partial, x partial, b partial, y partial", "root contradicts, a contradicts, x contradicts, b contradicts, y contradicts"},
		{"an account without a root user", tree, organization.Terms{Rootless: func(id string) bool { return id == "111122223333" }},
			"root open, a open, x no root, b open, y open", "root open, a open, x no root, b open, y open"},
		{"where it is attached is not known", tree + "variable \"v\" {}\n" + scp("p", withoutMFA, "var.v"), organization.Terms{},
			"root unknown, a unknown, x unknown, b unknown, y unknown", "root open, a open, x open, b open, y open"},
		{"policies of another type bind nobody", tree + attached("p", "TAG_POLICY", withoutMFA, root), organization.Terms{},
			"root open, a open, x open, b open, y open", "root open, a open, x open, b open, y open"},
		{"no type of policies is enabled", strings.Replace(tree, `"SERVICE_CONTROL_POLICY", `, "", 1) + scp("p", withoutMFA, root), organization.Terms{},
			"root open, a open, x open, b open, y open", "root open, a open, x open, b open, y open"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := model(t, tt.config).Organizations[0]
			d := organization.Decide(o, tt.terms)
			if got := decided(o, d.RootMFA); got != tt.mfa {
				t.Errorf("without MFA: %s, want %s", got, tt.mfa)
			}
			if got := decided(o, d.Networks); got != tt.networks {
				t.Errorf("networks: %s, want %s", got, tt.networks)
			}
		})
	}
}

// An organization has far fewer bindings than accounts: those that are bound by
// the same policies have the same.
func TestBindingsAreShared(t *testing.T) {
	o := model(t, enabled, unit("a", root), unit("b", root), unit("c", root),
		account("x", "", unitID("a")), account("y", "", unitID("a")), account("z", "", unitID("c")),
		scp("p", withoutMFA, unitID("a"), unitID("b"))).Organizations[0]
	bindings, of := organization.BindingsOf(o), map[string]*organization.Binding{}
	o.Root.Walk(func(n *identity.Node) { of[n.Name] = bindings.Of(n) })
	for _, same := range [][2]string{{"a", "b"}, {"a", "x"}, {"x", "y"}, {"root", "c"}, {"root", "z"}} {
		if of[same[0]] != of[same[1]] {
			t.Errorf("%s and %s have bindings of their own", same[0], same[1])
		}
	}
	if of["a"] == of["root"] {
		t.Error("a is bound as the root is")
	}
}

func TestDisabling(t *testing.T) {
	resource := func(arguments string) string {
		return "resource \"aws_organizations_organization\" \"o\" {\n" + arguments + "\n}\n"
	}
	tests := []struct{ name, config, attribute string }{
		{"enabled", enabled, ""},
		{"billing alone", resource("feature_set = \"CONSOLIDATED_BILLING\"\nenabled_policy_types = [\"SERVICE_CONTROL_POLICY\"]"), "feature_set"},
		{"no types", resource(""), "enabled_policy_types"},
		{"other types", resource("enabled_policy_types = [\"TAG_POLICY\"]"), "enabled_policy_types"},
		{"types that are not known", "variable \"v\" {}\n" + resource("enabled_policy_types = var.v"), ""},
		{"perhaps not made", "variable \"v\" {}\n" + resource("count = var.v"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			by, got := organization.DisablingOf(model(t, tt.config).Organizations[0]), ""
			if by != nil {
				got = by.Attribute
				if so := by.So("nothing binds"); !strings.Contains(so, ", so nothing binds; ") {
					t.Error(so)
				}
			}
			if got != tt.attribute {
				t.Errorf("disabled by %q, want %q", got, tt.attribute)
			}
		})
	}
}

func TestPlacesInWords(t *testing.T) {
	o := model(t, enabled, unit("a", root), unit("b", root), unit("empty", root),
		account("v", "", unitID("a")), account("w", "", unitID("a")), account("x", "", unitID("b")), account("y", "", unitID("b")),
		scp("p", withoutMFA, "aws_organizations_account.y.id")).Organizations[0]
	_, failed, _ := organization.ByVerdict(organization.RootMFA(o, organization.Terms{}).Outcomes())
	got := organization.InWords(organization.Gathered(o, organization.Where(failed)))
	want := "accounts directly in the root, the unit 'a' with its 2 accounts (aws_organizations_organizational_unit.a), " +
		"the account 'x' (aws_organizations_account.x) and the unit 'empty' (aws_organizations_organizational_unit.empty)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnrestrained(t *testing.T) {
	o := model(t, enabled, unit("mfa", root), unit("denied", root), unit("confined", root), scp("m", withoutMFA, root), scp("d", all, unitID("denied")), scp("c", fromElsewhere, unitID("confined"))).Organizations[0]
	free, needs := organization.Unrestrained(o, organization.Terms{}, organization.RootMFA(o, organization.Terms{}).Outcomes())
	if got := organization.InWords(free); got != "accounts directly in the root and the unit 'mfa' (aws_organizations_organizational_unit.mfa)" || len(needs) > 0 {
		t.Errorf("free: %s; needs %v", got, needs)
	}
}

// Users need MFA in an account where a service control policy says so, whatever
// their own policies allow.
func TestGuardrails(t *testing.T) {
	m := model(t, enabled, unit("a", root), account("x", "111122223333", unitID("a")), account("y", "444455556666", root), scp("p", noUsers, unitID("a")))
	for id, want := range map[string]bool{"111122223333": true, "444455556666": false, "": false, "777788889999": false} {
		if got := organization.Guarded(organization.Guardrails(m, id), proof.User{TagsOpen: true}); got != want {
			t.Errorf("account %q: guarded %v, want %v", id, got, want)
		}
	}
	guards := organization.GuardsOf(m, time.Time{})
	if len(guards) != 1 || guards[0].Where != "the account 'x'" {
		t.Errorf("guards: %+v", guards)
	}
}

// A trust policy that admits strangers is no violation where resource control
// policies refuse them, and a question where the role's account is not known.
func TestUnderGuards(t *testing.T) {
	m := model(t, enabled, unit("a", root), account("x", "111122223333", unitID("a")), account("y", "444455556666", root), rcp("p", strangers, unitID("a")))
	anyone, err := policy.Parse(value.Str(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	guards := organization.ResourceGuards(m)
	for id, want := range map[string]proof.Verdict{"111122223333": proof.Holds, "444455556666": proof.Violated, "": proof.Undetermined, "777788889999": proof.Undetermined} {
		got := organization.UnderGuards(guards, id, func(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
			r := proof.TrustAnyone(anyone, proof.SessionNameOptions{Account: id, RCPs: rcps})
			return r.Class.Verdict(), r.Needs
		})
		if got.Verdict != want || (want == proof.Undetermined) != (got.Where != "") {
			t.Errorf("account %q: %v in %q, want %v", id, got.Verdict, got.Where, want)
		}
	}
}

func TestSignInPolicy(t *testing.T) {
	for statement, want := range map[string]bool{notSigning: true, strangers: false} {
		o := model(t, enabled, rcp("p", statement, root)).Organizations[0]
		if got := organization.SignInPolicy(o) != nil; got != want {
			t.Errorf("%s: %v, want %v", statement, got, want)
		}
	}
}

// What a resource is in an organization is what a question about it is answered by.
func TestEstateOf(t *testing.T) {
	m := model(t, enabled, unit("a", root), scp("p", withoutMFA, unitID("a")), "resource \"aws_iam_user\" \"u\" {\n name = \"u\"\n}\n")
	for typ, want := range map[string]string{
		"aws_organizations_organization": "root", "aws_organizations_organizational_unit": "a",
		"aws_organizations_policy": "policy p", "aws_organizations_policy_attachment": "policy p, attached", "aws_iam_user": "nothing",
	} {
		e, found := organization.EstateOf(m, m.Roots[0].Resources(typ)[0])
		got := "nothing"
		switch {
		case found && e.Node != nil:
			got = e.Node.Name
		case found && e.Attachment != nil:
			got = "policy " + e.Policy.Resource.Name + ", attached"
		case found:
			got = "policy " + e.Policy.Resource.Name
		}
		if got != want {
			t.Errorf("%s is %s, want %s", typ, got, want)
		}
	}
}
