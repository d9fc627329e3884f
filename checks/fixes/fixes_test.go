package fixes

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

func load(t *testing.T, files map[string]string) *terraform.Root {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	root, err := terraform.LoadConfig(context.Background(), workspace.OverFS(fsys), ".", terraform.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// A draft says the same in whatever style the module writes its policies.
func TestDraftsSayTheSameInEveryStyle(t *testing.T) {
	drafts := map[string][]draftStatement{
		"root without MFA":                    {rootMFAPolicy(nil, false)},
		"root without MFA, but some sessions": {rootMFAPolicy([]string{"support:*"}, true)},
		"root from elsewhere":                 {rootIPPolicy([]string{"203.0.113.0/24", "198.51.100.0/24"})},
		"users without MFA":                   {denyWithoutMFA},
		"enrolment as well":                   append(allowEnrolment(nil), denyWithoutMFA),
	}
	for name, statements := range drafts {
		t.Run(name, func(t *testing.T) {
			want := decoded(t, policyStyle{}, statements)
			for _, style := range []policyStyle{{document: "json"}, {document: "minified_json"}, {heredoc: "<<EOF"}, {heredoc: "<<-POLICY"}} {
				if got := decoded(t, style, statements); !reflect.DeepEqual(got, want) {
					t.Errorf("%+v:\ngot  %v\nwant %v", style, got, want)
				}
			}
		})
	}
}

// decoded is what Terraform makes of a policy that is written in a style.
func decoded(t *testing.T, style policyStyle, statements []draftStatement) any {
	t.Helper()
	blocks, expression := style.write("p", statements...)
	root := load(t, map[string]string{"main.tf": fmt.Sprintf("%sresource \"aws_iam_policy\" \"p\" {\n  policy = %s\n}\n", blocks, expression)})
	policy := root.Resources("aws_iam_policy")[0].Attr("policy")
	text, ok := policy.Text()
	if !ok {
		text, ok = value.EncodeJSON(policy, "")
	}
	var out struct{ Statement any }
	if err := json.Unmarshal([]byte(text), &out); !ok || err != nil {
		t.Fatalf("%+v: %v in %s", style, err, text)
	}
	return plain(out.Statement)
}

// plain is JSON with lists of one as what they hold, and other lists in order: a
// policy means the same.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		if len(v) == 1 {
			return v[0]
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// Keys are set Inactive, and no other that the same block makes.
func TestInactive(t *testing.T) {
	const user = "resource \"aws_iam_user\" \"u\" {\n  for_each = toset([\"a\", \"b\", \"c\"])\n  name     = each.key\n}\n"
	call := func(name string) string {
		return fmt.Sprintf("module %q {\n  source = \"./m\"\n  user   = %[1]q\n}\n", name)
	}
	key := func(arguments string) string { return "resource \"aws_iam_access_key\" \"k\" {\n" + arguments + "}\n" }
	const input = "variable \"user\" {}\nvariable \"status\" {\n  default = \"Active\"\n}\n"
	tests := []struct {
		name  string
		files map[string]string
		off   []string // addresses; none can be set where not is said
		not   bool
	}{
		{"one", map[string]string{"main.tf": key("  user = \"u\"\n")}, []string{"aws_iam_access_key.k"}, false},
		{"with a status", map[string]string{"main.tf": key("  user   = \"u\"\n  status = \"Active\"\n")}, []string{"aws_iam_access_key.k"}, false},
		{"one of for_each", map[string]string{"main.tf": user + key("  for_each = aws_iam_user.u\n  user     = each.value.name\n")}, []string{`aws_iam_access_key.k["b"]`}, false},
		{"two of for_each", map[string]string{"main.tf": user + key("  for_each = aws_iam_user.u\n  user     = each.value.name\n")}, []string{`aws_iam_access_key.k["a"]`, `aws_iam_access_key.k["c"]`}, false},
		{"all of for_each", map[string]string{"main.tf": user + key("  for_each = aws_iam_user.u\n  user     = each.value.name\n")}, []string{`aws_iam_access_key.k["a"]`, `aws_iam_access_key.k["b"]`, `aws_iam_access_key.k["c"]`}, false},
		{"one of count", map[string]string{"main.tf": key("  count = 2\n  user  = \"u\"\n")}, []string{"aws_iam_access_key.k[1]"}, false},
		{"through the call of a module", map[string]string{"main.tf": call("one") + call("two"),
			"m/main.tf": input + key("  user   = var.user\n  status = var.status\n")}, []string{"module.two.aws_iam_access_key.k"}, false},
		{"not where calls cannot be told apart", map[string]string{"main.tf": call("one") + call("two"),
			"m/main.tf": input + key("  user = var.user\n")}, []string{"module.two.aws_iam_access_key.k"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := identity.Build([]*terraform.Root{load(t, tt.files)})
			var off []*identity.AccessKey
			for _, k := range m.Keys {
				if slices.Contains(tt.off, k.Resource.Address) {
					off = append(off, k)
				}
			}
			edits := inactive(m.Keys, off)
			if tt.not {
				if len(edits) > 0 {
					t.Errorf("edits where there can be none: %+v", edits)
				}
				return
			}
			after := identity.Build([]*terraform.Root{load(t, applied(t, tt.files, edits))})
			for _, k := range after.Keys {
				if got, want := k.Active(), value.TriOf(!slices.Contains(tt.off, k.Resource.Address)); got != want {
					t.Errorf("%s: active %v, want %v", k.Resource.Address, got, want)
				}
			}
		})
	}
}

// applied is the files with edits made.
func applied(t *testing.T, files map[string]string, edits []source.Edit) map[string]string {
	t.Helper()
	if len(edits) == 0 {
		t.Fatal("there are no edits")
	}
	out, byFile := maps.Clone(files), map[*source.File][]source.Edit{}
	for _, e := range edits {
		byFile[e.Span.File] = append(byFile[e.Span.File], e)
	}
	for f, here := range byFile {
		b, err := source.Apply(f, here)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// Names of what is drafted are put together as those beside it are.
func TestWording(t *testing.T) {
	for beside, want := range map[string]string{
		"DenyLeaving": "RequireRootMFA", "deny-leaving": "require-root-mfa", "deny_leaving": "require_root_mfa", "guardrail": "", "Deny leaving": "",
	} {
		got := ""
		if how := wording(beside); how != nil {
			got = how("require-root-mfa")
		}
		if got != want {
			t.Errorf("beside %q: %q, want %q", beside, got, want)
		}
	}
}
