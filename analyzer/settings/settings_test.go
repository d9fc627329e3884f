package settings_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
)

// Every wrong value is refused at its place, with what is wrong and what to do;
// nothing else of the file is lost.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// names
		{`max_keyage = 1`, "1: there is no setting max_keyage: did you mean max_key_age?"},
		{`unuseddays = 1`, "1: there is no setting unuseddays: did you mean unused_days?"},
		{`colour = 1`, "1: there is no setting colour"},
		{`roots "x" {}`, "1: there is no setting roots: did you mean root?"},
		{`trust_condition = {}`, `1: trust_condition is a block: write trust_condition "KEY" { … }`},
		{`max_key_age {}`, "1: max_key_age is no block: write max_key_age = …"},
		{"max_key_age = 1\nmax_key_age = 2", "2: Attribute redefined"},
		{"\nmax_key_age = ", "2: "},
		// types
		{`max_key_age = "soon"`, "1: max_key_age: a text stands where a number of days has to: write a whole number from 1 to 3650, without quotes"},
		{`unused_days = [90]`, "1: unused_days: a list stands where a number of days has to"},
		{`trusted_accounts = 111122223333`, `1: trusted_accounts: a number stands where a list of texts has to: write ["…"]`},
		{"trusted_accounts = [\n  111122223333,\n]", "2: trusted_accounts: a number stands where a text has to: write it in quotes"},
		{`machine_users = [true]`, "1: machine_users: true or false stands where a text has to"},
		{`exclude = var.x`, "1: exclude: settings are plain values, without variables and functions"},
		{`max_key_age = 30 + x()`, "1: max_key_age: settings are plain values"},
		{`max_key_age = null`, "1: max_key_age: null is no value: leave the setting out"},
		{`severities = "low"`, `1: severities: write { RULE = "low" }`},
		// numbers
		{`max_key_age = 0`, "1: max_key_age: 0 is not a number of days: write a whole number from 1 to 3650"},
		{`unused_days = -1`, "1: unused_days: -1 is not a number of days"},
		{`root_usage_days = 1.5`, "1: root_usage_days: 1.5 is not a number of days"},
		{`max_key_age = 1000000000000000000000`, "is not a number of days"},
		// the language
		{`language = "hcl"`, `1: language: "hcl" is not terraform or opentofu`},
		{`language = "tofu"`, "is not terraform or opentofu"},
		{`language = true`, "1: language: true or false stands where a text has to: write it in quotes"},
		// accounts
		{`trusted_accounts = ["1234"]`, `1: trusted_accounts: "1234" is not an account id: write its 12 digits, in quotes and without hyphens`},
		{`govcloud_accounts = ["1111-2222-3333"]`, `1: govcloud_accounts: "1111-2222-3333" is not an account id`},
		{`trusted_accounts = ["111122223333", "111122223333"]`, `1: trusted_accounts: "111122223333" stands twice: leave one of them out`},
		// networks
		{`allowed_cidrs = ["home"]`, `1: allowed_cidrs: "home" is not a range of addresses: write one such as 198.51.100.0/24 or 2001:db8::/32`},
		{`allowed_cidrs = ["198.51.100.0/33"]`, "is not a range of addresses"},
		{`allowed_cidrs = ["198.51.100.7/24"]`, `1: allowed_cidrs: "198.51.100.7/24" is an address in a range, not the range: write "198.51.100.0/24", or "198.51.100.7" for the address alone`},
		{"allowed_cidrs = [\n  \"198.51.100.0/24\",\n  \"198.51.100.64/26\",\n]", `3: allowed_cidrs: 198.51.100.0/24 holds 198.51.100.64/26, which the list has as well: leave "198.51.100.0/24" out, or "198.51.100.64/26"`},
		{`allowed_cidrs = ["198.51.100.7", "198.51.100.0/24"]`, "198.51.100.0/24 holds 198.51.100.7/32"},
		{`allowed_cidrs = ["0.0.0.0/0"]`, `1: allowed_cidrs: "0.0.0.0/0" is the whole Internet: name your own networks, or leave the setting out`},
		{`allowed_cidrs = ["::/0"]`, "is the whole Internet"},
		// users, actions, directories
		{`break_glass_users = ["tag:"]`, `1: break_glass_users: "tag:" names no tag: write tag:KEY or tag:KEY=VALUE`},
		{`break_glass_users = ["tag:=yes"]`, "names no tag"},
		{`machine_users = ["ci deploy"]`, `1: machine_users: no user can be called "ci deploy": write a name, in which * and ? are wildcards, or tag:KEY=VALUE`},
		{`machine_users = ["[a-z"]`, "no user can be called"},
		{`machine_users = [""]`, "no user can be called"},
		{`root_exempt_actions = ["DeleteBucketPolicy"]`, `1: root_exempt_actions: "DeleteBucketPolicy" is not an action: write SERVICE:ACTION, such as s3:DeleteBucketPolicy`},
		{`root_exempt_actions = ["*"]`, "is not an action"},
		{`root_exempt_actions = ["*:*"]`, "is not an action"},
		{`exclude = ["[a"]`, `1: exclude: "[a" is not a pattern of directories: write one such as **/examples`},
		{`exclude = [""]`, "is not a pattern of directories"},
		{`exclude = ["../other"]`, `1: exclude: "../other" lies outside of what is searched`},
		{`exclude = ["/srv"]`, "lies outside of what is searched"},
		// severities
		{`severities = { IV201 = "fatal" }`, `1: severities: IV201: "fatal" is not critical, high, medium or low`},
		{`severities = { IV201 = "note" }`, "is not critical, high, medium or low"},
		{`severities = { IV201 = "hihg" }`, "did you mean high?"},
		{`severities = { IV201 = 1 }`, "1: severities: IV201: a number stands where a text has to"},
		// blocks
		{`root {}`, `1: root: write root "DIRECTORY" { … }`},
		{`root "a" "b" {}`, `1: root: write root "DIRECTORY" { … }`},
		{`root "a" {}`, "1: root: var_files is missing: say var_files = …"},
		{`root "a" { vars = [] }`, "1: root: var_files is missing: say var_files = …"},
		{"root \"a\" {\n  var_files = []\n  varfiles = []\n}", "3: root has no argument varfiles: did you mean var_files?"},
		{"root \"a\" {\n  var_files = [\"x\"]\n  x {}\n}", "3: root has no block x"},
		{`trust_condition {}`, `1: trust_condition: write trust_condition "aws:PrincipalOrgID" { … }`},
		{`trust_condition "a:b" {}`, "1: trust_condition: test is missing: say test = …"},
	} {
		s, errs := settings.Parse(source.NewFile(settings.Name, []byte(c.text+"\n")))
		if len(errs) == 0 || !strings.Contains(errs[0].Error(), settings.Name+":") || !strings.Contains(errs[0].Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s", c.text, errs, c.want)
		}
		again, errs := settings.Parse(source.NewFile(settings.Name, []byte(c.text+"\nroot_exempt_actions = [\"a:B\"]\n")))
		if len(errs) > 0 && !strings.HasPrefix(c.text, "root_exempt") && !strings.Contains(errs[0].Text, "redefined") && !slices.Equal(again.RootExemptActions, []string{"a:B"}) && c.text != "\nmax_key_age = " {
			t.Errorf("%s: another setting is lost: %v", c.text, s)
		}
	}
}

// A required condition is one that AWS would take and that requests can meet.
func TestTrustConditionRefusals(t *testing.T) {
	for _, c := range []struct{ key, body, want string }{
		{"aws:PrincipalOrgID", `test = "StringEqual", values = ["o-1"]`, `1: trust_condition: there is no condition operator "StringEqual"`},
		{"aws:PrincipalOrgID", `test = "stringequals", values = ["o-1"]`, `is spelled StringEquals`},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = []`, "a condition without values is met by nobody"},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = "o-1"`, "trust_condition: values: a text stands where a list of texts has to"},
		{"aws:PrincipalOrgId2", `test = "StringEquals", values = ["o-1"]`, "of the condition key aws:PrincipalOrgId2 it is not known when a request carries it"},
		{"PrincipalOrgID", `test = "StringEquals", values = ["o-1"]`, "no user or role that assumes a role carries PrincipalOrgID"},
		{"s3:prefix", `test = "StringEquals", values = ["o-1"]`, "of the condition key s3:prefix it is not known when a request carries it"},
		{"aws:PrincipalOrgID", `tests = "StringEquals", values = ["o-1"]`, "test is missing"},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = ["o-1"], variable = "x"`, "trust_condition has no argument variable"},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = ["o-1"], principals = ["users"]`, `trust_condition: principals: "users" is not user or role: did you mean user?`},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = ["o-1"], except_accounts = ["1"]`, `trust_condition: except_accounts: "1" is not an account id`},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = ["o-1"], roles = ["/path/x"]`, `trust_condition: roles: no role can be called "/path/x"`},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = ["o-1"], severity = "note"`, `trust_condition: severity: "note" is not critical, high, medium or low`},
		{"aws:PrincipalOrgID", `test = "StringEquals", values = ["o-1"], message = 1`, `trust_condition: message: a number stands where a text has to`},
	} {
		text := "trust_condition \"" + c.key + "\" {\n" + strings.ReplaceAll(c.body, ", ", "\n") + "\n}\n"
		s, errs := settings.Parse(source.NewFile(settings.Name, []byte(text)))
		if len(errs) == 0 || !slices.ContainsFunc(errs, func(e *settings.Error) bool { return strings.Contains(e.Error(), c.want) }) {
			t.Errorf("%s:\n got %v\nwant %s", text, errs, c.want)
		}
		if len(s.TrustConditions) > 0 {
			t.Errorf("%s: it counts", text)
		}
	}
	_, errs := settings.Parse(source.NewFile(settings.Name, []byte(strings.Repeat("trust_condition \"aws:PrincipalOrgID\" {\n  test = \"StringEquals\"\n  values = [\"o-1\"]\n}\n", 2))))
	if len(errs) != 1 || errs[0].Error() != ".iamvet.hcl:5: trust_condition: line 1 requires the same: leave one of them out, or name all the roles in one" {
		t.Errorf("the same condition twice: %v", errs)
	}
}

func TestTrustCondition(t *testing.T) {
	s := parse(t, `
trust_condition "sts:RoleSessionName" {
  test            = "StringLike"
  values          = ["&{aws:username}", "ci-*"]
  principals      = ["user"]
  roles           = ["*"]
  except_roles    = ["vendor-*"]
  except_accounts = ["111122223333"]
  severity        = "low"
  message         = "because"
}
`)
	c := s.TrustConditions[0]
	if c.Required.String() != "StringLike sts:RoleSessionName [${aws:username}, ci-*]" || c.Span.StartPos().Line != 2 ||
		!reflect.DeepEqual([][]string{c.Principals, c.Roles, c.ExceptRoles, c.ExceptAccounts, {c.Severity, c.Message}},
			[][]string{{"user"}, {"*"}, {"vendor-*"}, {"111122223333"}, {"low", "because"}}) {
		t.Errorf("%+v", c)
	}
	if !slices.Equal(s.Given, []string{"trust_condition"}) {
		t.Errorf("given are %v", s.Given)
	}
}

// The nearest file counts, and one that cannot be read is not passed over.
func TestFind(t *testing.T) {
	fsys := fstest.MapFS{
		".iamvet.hcl": {}, "a/.iamvet.hcl": {}, "a/b/main.tf": {}, "c/.iamvet.hcl/d/x": {}, "e/f/main.tf": {},
	}
	for dir, want := range map[string]string{
		".": ".iamvet.hcl", "a": "a/.iamvet.hcl", "a/b": "a/.iamvet.hcl", "c": ".iamvet.hcl", "e/f": ".iamvet.hcl", "e/../a/": "a/.iamvet.hcl",
	} {
		if got := settings.Find(fsys, dir); got != want {
			t.Errorf("%s: %q, want %q", dir, got, want)
		}
	}
	if got := settings.Find(fstest.MapFS{}, "x"); got != "" {
		t.Errorf("found %q in nothing", got)
	}
}

func TestBounds(t *testing.T) {
	const most = 64 << 10
	for _, text := range []string{
		"x = " + strings.Repeat("[", most-5), "x = " + strings.Repeat("(", most-5), "x = " + strings.Repeat("-", most-5), "x = " + strings.Repeat("{a=", most/3-5),
		"x = \"" + strings.Repeat("${\"", most/3-5), strings.Repeat("a {\n", most/4), "x = a" + strings.Repeat("?a:a", most/4-5), strings.Repeat("#", most+1),
	} {
		if _, errs := settings.Parse(source.NewFile(settings.Name, []byte(text))); len(errs) == 0 {
			t.Errorf("%.10s… is taken", text)
		}
	}
}

// The example of every setting is one that Parse takes, and that sets it.
func TestExamples(t *testing.T) {
	for _, c := range settings.All {
		if s := parse(t, c.Example); !slices.Equal(s.Given, []string{c.Name}) {
			t.Errorf("%s: its example sets %v", c.Name, s.Given)
		}
		if c.Doc == "" || !strings.HasSuffix(c.Default, ".") || !strings.HasPrefix(c.Form, c.Name) {
			t.Errorf("%s is not wholly described", c.Name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range settings.All {
		f.Add(c.Example)
	}
	f.Add(`severities = { "${1}" = low, [] = {} }`)
	f.Add(`trust_condition "aws:x" { test = 1 }`)
	f.Fuzz(func(t *testing.T, text string) {
		file := source.NewFile(settings.Name, []byte(text))
		_, errs := settings.Parse(file)
		for _, e := range errs {
			if e.Text == "" || e.Span.File != file || e.Span.Start < 0 || e.Span.End > len(text) || e.Span.Start > e.Span.End {
				t.Errorf("%q at %d-%d", e.Text, e.Span.Start, e.Span.End)
			}
		}
	})
}
