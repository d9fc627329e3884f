package checks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// A vectorTest writes vectors as Terraform and asks for the fixes of a rule.
type vectorTest struct {
	file, rule string
	// around is the configuration, with the policies in it.
	around func(policies []policyText) string
	// unfixed are the vectors that are violations without a fix, and why.
	unfixed map[string]string
	// fixed is how many fixes there are at least, of violations that are not among
	// unfixed.
	fixed int
}

// policyText is a policy as an expression, with the blocks that it needs.
type policyText struct{ blocks, expression string }

func organizationOf(policies []policyText) string {
	text := `resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
`
	for i, p := range policies {
		text += fmt.Sprintf(`
%sresource "aws_organizations_policy" "p%d" {
  name    = "p%d"
  content = %s
}

resource "aws_organizations_policy_attachment" "p%d" {
  policy_id = aws_organizations_policy.p%d.id
  target_id = aws_organizations_organization.this.roots[0].id
}
`, p.blocks, i, i, p.expression, i, i)
	}
	return text
}

func roleOf(policies []policyText) string {
	return policies[0].blocks + `resource "aws_iam_role" "this" {
  name               = "this"
  assume_role_policy = ` + policies[0].expression + "\n}\n"
}

func userOf(policies []policyText) string {
	text := `resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_login_profile" "alice" {
  user = aws_iam_user.alice.name
}
`
	for i, p := range policies {
		text += fmt.Sprintf(`
%sresource "aws_iam_user_policy" "p%d" {
  name   = "p%d"
  user   = aws_iam_user.alice.name
  policy = %s
}
`, p.blocks, i, i, p.expression)
	}
	return text
}

var vectorTests = []vectorTest{
	{file: "scp_root_mfa.json", rule: "IV102", around: organizationOf, fixed: 60},
	{file: "scp_source_ip.json", rule: "IV105", around: organizationOf, fixed: 27, unfixed: map[string]string{
		"I16": "which VPC is meant only its author knows, and naming it admits root, who is denied from everywhere else",
		"I20": "which network 198.51.100.0/33 was meant to be, only its author knows",
	}},
	{file: "trust_rolesessionname.json", rule: "IV201", around: roleOf, fixed: 69, unfixed: map[string]string{
		"B50": "whom a policy without NotPrincipal should admit, only its author knows",
	}},
	{file: "user_mfa.json", rule: "IV304", around: userOf, fixed: 21},
}

// Every near miss that is a violation has a fix, in each syntax, and applying it
// ends the finding; those without one are listed with the reason.
func TestFixesOfVectors(t *testing.T) {
	for _, vt := range vectorTests {
		t.Run(vt.rule, func(t *testing.T) {
			var mu sync.Mutex
			fixes, left, unfixed := 0, 0, map[string]bool{}
			for i, v := range vectors(t, vt.file) {
				if v.Full != nil && !*v.Full {
					continue
				}
				left++ // -run may leave it out, as -short does
				if testing.Short() && i%8 > 0 {
					continue
				}
				t.Run(v.ID, func(t *testing.T) {
					t.Parallel()
					for _, syntax := range []string{"jsonencode", "heredoc", "document"} {
						n, violated := vt.try(t, v, syntax)
						mu.Lock()
						fixes += n
						unfixed[v.ID] = unfixed[v.ID] || violated && n == 0
						mu.Unlock()
						if violated && n == 0 && vt.unfixed[v.ID] == "" {
							t.Errorf("as %s: no fix", syntax)
						}
					}
					mu.Lock()
					left--
					mu.Unlock()
				})
			}
			t.Cleanup(func() {
				if left > 0 {
					return
				}
				for id := range vt.unfixed {
					if !unfixed[id] {
						t.Errorf("%s has a fix: take it off the list", id)
					}
				}
				if fixes < vt.fixed {
					t.Errorf("%d fixes, want %d", fixes, vt.fixed)
				}
			})
		})
	}
}

// try scans a vector in a syntax, and again with each fix of the rule applied.
func (vt vectorTest) try(t *testing.T, v vector, syntax string) (fixes int, violated bool) {
	t.Helper()
	var policies []policyText
	for i, doc := range v.Docs {
		p, ok := writePolicy(t, doc, syntax, fmt.Sprintf("p%d", i))
		if !ok {
			return 0, false
		}
		policies = append(policies, p)
	}
	config := hclwrite.Format([]byte(vt.around(policies)))
	if v.Partition == "aws-us-gov" {
		config = append([]byte("provider \"aws\" {\n  region = \"us-gov-west-1\"\n}\n\n"), config...)
	}
	report := scan(t, map[string]string{"main.tf": string(config)})
	for _, f := range analyzer.Every(report.Findings) {
		if f.Check.ID != vt.rule || f.Verdict != analyzer.Violation {
			continue
		}
		violated = true
		for _, fix := range f.Fixes {
			fixes++
			after, err := source.Apply(fix.Edits[0].Span.File, fix.Edits)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(hclwrite.Format(after), after) {
				t.Errorf("%s as %s: %s: not formatted:\n%s", v.ID, syntax, fix.Message, fix.Diff)
			}
			for _, g := range decide(t, map[string]string{"main.tf": string(after)}).Findings {
				if g.Check.ID == vt.rule && g.Verdict == analyzer.Violation {
					t.Errorf("%s as %s: %q leaves: %s\n%s", v.ID, syntax, fix.Message, g.Message, fix.Diff)
				}
			}
		}
	}
	return fixes, violated
}

// writePolicy writes a policy in a syntax, laid out as people do; false when the
// syntax cannot express it.
func writePolicy(t *testing.T, doc json.RawMessage, syntax, name string) (policyText, bool) {
	t.Helper()
	if syntax == "document" {
		expression, beside, ok := policyDocument(name, doc)
		return policyText{strings.ReplaceAll(beside, "}\nstatement", "}\n\nstatement"), expression}, ok
	}
	if syntax == "jsonencode" {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			t.Fatal(err)
		}
		return policyText{"", "jsonencode(" + asHCL(v) + ")"}, true
	}
	var b bytes.Buffer
	if err := json.Indent(&b, doc, "    ", "  "); err != nil {
		t.Fatal(err)
	}
	return policyText{"", "<<-EOT\n    " + escapeTemplate.Replace(b.String()) + "\n  EOT"}, true
}

// elements are in the order in which people write them.
var elements = []string{"Version", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition", "Statement"}

func keysOf(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := slices.Index(elements, out[i]), slices.Index(elements, out[j])
		return a < b || a == b && out[i] < out[j]
	})
	return out
}

func asHCL(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var b strings.Builder
		b.WriteString("{\n")
		for _, k := range keysOf(v) {
			key := k
			if strings.ContainsAny(k, ":/") {
				key = fmt.Sprintf("%q", k)
			}
			fmt.Fprintf(&b, "%s = %s\n", key, asHCL(v[k]))
		}
		return b.String() + "}"
	case []any:
		var parts []string
		objects := false
		for _, e := range v {
			_, object := e.(map[string]any)
			objects = objects || object
			parts = append(parts, asHCL(e))
		}
		if objects {
			return "[\n" + strings.Join(parts, ",\n") + ",\n]"
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return literal(v)
}
