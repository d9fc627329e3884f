package checks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// vector is a policy with the class that it is of, as the tests of the proofs
// have it.
type vector struct {
	ID        string
	Doc       json.RawMessage
	Docs      []json.RawMessage
	Expect    string
	Partition string
	Full      *bool
}

func vectors(t *testing.T, name string) []vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../testdata/policy", name))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	for i, v := range list {
		if v.Doc != nil {
			list[i].Docs = []json.RawMessage{v.Doc}
		}
	}
	return list
}

// A spelling writes a policy into a configuration: beside is what has to stand
// beside the resource that holds it. ok is false where it cannot be spelled so.
type spelling struct {
	name  string
	write func(name string, doc json.RawMessage) (expression, beside string, ok bool)
}

var escapeTemplate = strings.NewReplacer("${", "$${", "%{", "%%{")

var spellings = []spelling{
	{"jsonencode", func(_ string, doc json.RawMessage) (string, string, bool) {
		return "jsonencode(" + escapeTemplate.Replace(string(doc)) + ")", "", true
	}},
	{"heredoc", func(_ string, doc json.RawMessage) (string, string, bool) {
		return "<<-JSON\n" + escapeTemplate.Replace(string(doc)) + "\nJSON\n", "", true
	}},
	{"policy_document", policyDocument},
}

// policyDocument writes a policy as a data source, whose Version is always
// written, and in which &{ is a variable.
func policyDocument(name string, doc json.RawMessage) (string, string, bool) {
	var d struct {
		Version   string
		Statement []map[string]any
	}
	if json.Unmarshal(doc, &d) != nil || d.Version == "" || strings.Contains(string(doc), "&{") || strings.Contains(string(doc), "$${") {
		return "", "", false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "data \"aws_iam_policy_document\" %q {\nversion = %q\n", name, d.Version)
	for _, s := range d.Statement {
		b.WriteString("statement {\n")
		for _, key := range []string{"Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"} {
			v, ok := s[key]
			switch argument := map[string]string{"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}[key]; {
			case !ok:
			case key == "Effect":
				fmt.Fprintf(&b, "effect = %s\n", literal(v))
			case argument != "":
				fmt.Fprintf(&b, "%s = %s\n", argument, literal(listOf(v)))
			default:
				block := map[string]string{"Principal": "principals", "NotPrincipal": "not_principals"}[key]
				types, ok := v.(map[string]any)
				if !ok {
					types = map[string]any{"*": v}
				}
				for _, typ := range sorted(types) {
					fmt.Fprintf(&b, "%s {\ntype = %q\nidentifiers = %s\n}\n", block, typ, literal(listOf(types[typ])))
				}
			}
		}
		operators, _ := s["Condition"].(map[string]any)
		for _, operator := range sorted(operators) {
			keys := operators[operator].(map[string]any)
			for _, key := range sorted(keys) {
				fmt.Fprintf(&b, "condition {\ntest = %q\nvariable = %q\nvalues = %s\n}\n", operator, key, literal(listOf(keys[key])))
			}
		}
		b.WriteString("}\n")
	}
	b.WriteString("}\n")
	return "data.aws_iam_policy_document." + name + ".json", b.String(), true
}

func sorted(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func listOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// literal is a JSON value as an expression.
func literal(v any) string {
	b, _ := json.Marshal(v)
	return escapeTemplate.Replace(string(b))
}

// scan writes files and scans them.
func scan(t *testing.T, files map[string]string) *analyzer.Report {
	t.Helper()
	return scanWith(t, checks.All, files)
}

// undecorated says what checks.All says, without fixes.
var undecorated = checktest.Undecorated(checks.All)

// decide is a scan without fixes.
func decide(t *testing.T, files map[string]string) *analyzer.Report {
	t.Helper()
	return scanWith(t, undecorated, files)
}

func scanWith(t *testing.T, list []*analyzer.Check, files map[string]string) *analyzer.Report {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return checktest.Analyze(t, dir, list)
}

// severityOf is what a report says by a rule of the resources of a name: a
// severity, "undetermined", or "" for nothing.
func severityOf(r *analyzer.Report, rule, name string) string {
	about := func(f *analyzer.Finding) bool {
		return f.Check.ID == rule && (name == "" || strings.HasSuffix(f.Resource.Address, "."+name))
	}
	for _, f := range analyzer.Every(r.Findings) {
		if about(f) {
			return f.Severity.String()
		}
	}
	if slices.ContainsFunc(analyzer.Every(r.Undetermined), about) {
		return "undetermined"
	}
	return ""
}

// TestSessionNameVectorsInTerraform: the classes of trust policies become the
// severities that the catalogue promises, however the policy is spelled.
func TestSessionNameVectorsInTerraform(t *testing.T) {
	severe := map[string]string{ // others are medium
		"B21": "medium", "B40": "low", "B55": "low",
	}
	expect := func(v vector) string {
		switch v.Expect {
		case "BOUND", "ALT_BOUND", "CONSTANT_OK", "NA":
			return ""
		case "UNSATISFIABLE":
			return "note"
		}
		if s := severe[v.ID]; s != "" {
			return s
		}
		return "medium"
	}
	list := vectors(t, "trust_rolesessionname.json")
	for _, s := range spellings {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			written := map[string]bool{}
			for _, v := range list {
				expression, beside, ok := s.write(v.ID, v.Docs[0])
				if written[v.ID] = ok; ok {
					fmt.Fprintf(&text, "%sresource \"aws_iam_role\" %q {\nassume_role_policy = %s\n}\n", beside, v.ID, expression)
				}
			}
			r := decide(t, map[string]string{"main.tf": text.String()})
			for _, v := range list {
				if got := severityOf(r, "IV201", v.ID); written[v.ID] && got != expect(v) {
					t.Errorf("%s (%s): %q, want %q", v.ID, v.Expect, got, expect(v))
				}
			}
		})
	}
	t.Run("plan", func(t *testing.T) {
		var resources []planned
		for _, v := range list {
			resources = append(resources, planned{"aws_iam_role", v.ID, map[string]any{"name": v.ID, "assume_role_policy": string(v.Docs[0])}})
		}
		r := decide(t, map[string]string{"plan.json": plan(t, "create", resources)})
		for _, v := range list {
			if got := severityOf(r, "IV201", v.ID); got != expect(v) {
				t.Errorf("%s (%s): %q, want %q", v.ID, v.Expect, got, expect(v))
			}
		}
	})
}

// planned is a resource of a plan.
type planned struct {
	typ, name string
	values    map[string]any
}

// plan is a plan of resources, with one action for all of them.
func plan(t *testing.T, action string, list []planned) string {
	t.Helper()
	var resources, changes []any
	for _, p := range list {
		about := map[string]any{
			"address": p.typ + "." + p.name, "mode": "managed", "type": p.typ, "name": p.name,
			"provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0,
		}
		resource, change := map[string]any{"values": p.values}, map[string]any{}
		for k, v := range about {
			resource[k], change[k] = v, v
		}
		before := any(p.values)
		if action == "create" {
			before = nil
		}
		change["change"] = map[string]any{"actions": []string{action}, "before": before, "after": p.values, "after_unknown": map[string]any{}}
		resources, changes = append(resources, resource), append(changes, change)
	}
	b, err := json.Marshal(map[string]any{
		"format_version": "1.2", "terraform_version": "1.11.0",
		"planned_values":   map[string]any{"root_module": map[string]any{"resources": resources}},
		"resource_changes": changes,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOrganizationVectorsInTerraform: the classes of service control policies
// that are attached to the root of an organization.
func TestOrganizationVectorsInTerraform(t *testing.T) {
	for _, c := range []struct {
		rule, file string
		severities map[string]string // by class
		differ     map[string]string // by vector
	}{
		{
			"IV102", "scp_root_mfa.json",
			map[string]string{"MFA_ENFORCED": "", "ROOT_DENIED": "", "PARTIAL": "medium", "NONE": "high"},
			map[string]string{
				"C18": "high", // root of every other account that there may be is free
				"C19": "high",
				"C39": "high", // FullAWSAccess is attached as far as a configuration tells
			},
		},
		{
			"IV105", "scp_source_ip.json",
			map[string]string{
				"RESTRICTED": "", "LOCKOUT": "note", "WEAK_VPCE": "medium", "WEAK_V6": "medium", "PARTIAL": "medium",
				"BLOCKLIST": "medium", "VACUOUS": "medium", "MALFORMED": "medium", "UNDETERMINABLE": "undetermined",
			},
			map[string]string{
				"I17": "",       // the rule asks about root alone
				"I21": "medium", // as C39
			},
		},
	} {
		for _, v := range vectors(t, c.file) {
			want, ok := c.differ[v.ID]
			if !ok {
				want = c.severities[v.Expect]
			}
			check := func(t *testing.T, files map[string]string) {
				r := decide(t, files)
				got := severityOf(r, c.rule, "")
				if want == "" && got == "note" {
					got = "" // advice about other things is not what is asked
				}
				if got != want {
					t.Errorf("%s: %q, want %q", v.Expect, got, want)
					for _, f := range r.All() {
						t.Log(f.Check.ID, f.Severity, f.Message, f.Needs)
					}
				}
			}
			for _, s := range spellings {
				t.Run(v.ID+"/"+s.name, func(t *testing.T) {
					t.Parallel()
					text := "resource \"aws_organizations_organization\" \"this\" {\nenabled_policy_types = [\"SERVICE_CONTROL_POLICY\"]\n}\n"
					if v.Partition == "aws-us-gov" {
						text += "provider \"aws\" {\nregion = \"us-gov-west-1\"\n}\n"
					}
					for i, d := range v.Docs {
						name := fmt.Sprintf("p%d", i)
						expression, beside, ok := s.write(name, d)
						if !ok {
							t.Skip("cannot be spelled so")
						}
						text += fmt.Sprintf("%sresource \"aws_organizations_policy\" %q {\nname = %q\ncontent = %s\n}\n", beside, name, name, expression)
						text += fmt.Sprintf("resource \"aws_organizations_policy_attachment\" %q {\npolicy_id = aws_organizations_policy.%s.id\ntarget_id = aws_organizations_organization.this.roots[0].id\n}\n", name, name)
					}
					check(t, map[string]string{"main.tf": text})
				})
			}
			if v.Partition != "" {
				continue // plans have no provider's region here
			}
			t.Run(v.ID+"/plan", func(t *testing.T) {
				t.Parallel()
				resources := []planned{{"aws_organizations_organization", "this", map[string]any{
					"id": "o-a1b2c3d4e5", "feature_set": "ALL", "enabled_policy_types": []string{"SERVICE_CONTROL_POLICY"},
					"roots": []any{map[string]any{"id": "r-ab12"}},
				}}}
				for i, d := range v.Docs {
					id := fmt.Sprintf("p-0000000%d", i)
					resources = append(resources,
						planned{"aws_organizations_policy", fmt.Sprint("p", i), map[string]any{"id": id, "name": id, "type": "SERVICE_CONTROL_POLICY", "content": string(d)}},
						planned{"aws_organizations_policy_attachment", fmt.Sprint("p", i), map[string]any{"policy_id": id, "target_id": "r-ab12"}})
				}
				check(t, map[string]string{"plan.json": plan(t, "no-op", resources)})
			})
		}
	}
}

// TestUserMFAVectorsInTerraform: the classes of a user's policies.
func TestUserMFAVectorsInTerraform(t *testing.T) {
	severities := map[string]string{"ENFORCED": "", "CONSOLE_ONLY": "note", "KEYS_ONLY": "high", "PARTIAL": "high", "NONE": "high"}
	for _, v := range vectors(t, "user_mfa.json") {
		want := severities[v.Expect]
		check := func(t *testing.T, files map[string]string) {
			r := decide(t, files)
			got := severityOf(r, "IV304", "")
			if want == "" && got == "note" {
				got = ""
			}
			if got != want {
				t.Errorf("%s: %q, want %q", v.Expect, got, want)
				for _, f := range r.All() {
					t.Log(f.Check.ID, f.Severity, f.Message, f.Needs)
				}
			}
		}
		for _, s := range spellings {
			t.Run(v.ID+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				text := "resource \"aws_iam_user\" \"alice\" {\nname = \"alice\"\n}\nresource \"aws_iam_user_login_profile\" \"alice\" {\nuser = aws_iam_user.alice.name\n}\n"
				for i, d := range v.Docs {
					name := fmt.Sprintf("p%d", i)
					expression, beside, ok := s.write(name, d)
					if !ok {
						t.Skip("cannot be spelled so")
					}
					text += fmt.Sprintf("%sresource \"aws_iam_user_policy\" %q {\nuser = aws_iam_user.alice.name\npolicy = %s\n}\n", beside, name, expression)
				}
				check(t, map[string]string{"main.tf": text})
			})
		}
		t.Run(v.ID+"/plan", func(t *testing.T) {
			t.Parallel()
			resources := []planned{
				{"aws_iam_user", "alice", map[string]any{"name": "alice", "id": "alice", "path": "/"}},
				{"aws_iam_user_login_profile", "alice", map[string]any{"user": "alice", "id": "alice"}},
			}
			for i, d := range v.Docs {
				resources = append(resources, planned{"aws_iam_user_policy", fmt.Sprint("p", i), map[string]any{"user": "alice", "name": fmt.Sprint("p", i), "policy": string(d)}})
			}
			check(t, map[string]string{"plan.json": plan(t, "no-op", resources)})
		})
	}
}
