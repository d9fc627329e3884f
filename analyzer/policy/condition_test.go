package policy

import (
	"fmt"
	"strings"
	"testing"
)

// conditionOf parses one condition.
func conditionOf(t testing.TB, operator, key, values string) *Condition {
	t.Helper()
	d := mustParse(t, fmt.Sprintf(`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {%q: {%q: %s}}}}`, operator, key, values))
	if len(d.Statements) != 1 || len(d.Statements[0].Conditions) != 1 {
		t.Fatalf("%s %s %s: %+v", operator, key, values, d.Problems)
	}
	return &d.Statements[0].Conditions[0]
}

// samples are, for each family, a value of a policy, one of a request that it
// matches and one that it does not.
var samples = map[Family][3]string{
	StringFamily:  {"alice", "alice", "bob"},
	NumericFamily: {"5", "5", "6"},
	DateFamily:    {"2026-01-01", "2026-01-01T00:00:00Z", "2026-01-02"},
	BoolFamily:    {"true", "true", "false"},
	BinaryFamily:  {"YWJj", "YWJj", "enp6"},
	IPFamily:      {"198.51.100.0/24", "198.51.100.7", "203.0.113.7"},
	ARNFamily:     {"arn:aws:iam::*:root", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/x"},
}

// TestMissingKey is the truth table for a key that the request does not carry,
// for every operator in every form.
func TestMissingKey(t *testing.T) {
	count := 0
	for name, o := range operators {
		if o.family == NullFamily {
			continue
		}
		for _, set := range []string{"", "ForAllValues:", "ForAnyValue:"} {
			for _, suffix := range []string{"", "IfExists"} {
				want := False
				switch {
				case set == "ForAllValues:" && o.negated:
					want = Unknown // contested
				case set == "ForAllValues:":
					want = True
				case set == "ForAnyValue:" && (o.negated || suffix != ""):
					want = Unknown // not documented
				case set == "" && (o.negated || suffix != ""):
					want = True
				}
				for _, spelling := range []string{o.name, strings.ToUpper(name)} {
					c := conditionOf(t, set+spelling+suffix, "svc:Key", `"`+samples[o.family][0]+`"`)
					if got := c.Matches(&Request{}); got != want {
						t.Errorf("%s on an absent key: %v, want %v", c.Operator, got, want)
					}
					if got := c.Matches(&Request{Context: map[string]ContextValue{"svc:Key": One("")}}); got != want {
						t.Errorf("%s on an empty value: %v, want %v", c.Operator, got, want)
					}
					count++
				}
			}
		}
	}
	if count != 26*6*2 {
		t.Errorf("%d forms", count)
	}
}

// TestKnownKey: a value that matches, one that does not, the key's name in
// another case, and an unknown one.
func TestKnownKey(t *testing.T) {
	for _, o := range operators {
		if o.family == NullFamily || strings.Contains(o.base, "Than") {
			continue
		}
		s := samples[o.family]
		for _, form := range []string{"%s", "%sIfExists", "ForAllValues:%s", "ForAnyValue:%s"} {
			c := conditionOf(t, fmt.Sprintf(form, o.name), "svc:Key", `["`+s[0]+`"]`)
			for i, text := range s[1:] {
				want := True
				if (i == 0) == o.negated {
					want = False
				}
				if got := c.Matches(&Request{Context: map[string]ContextValue{"SVC:key": One(text)}}); got != want {
					t.Errorf("%s %q on %q: %v, want %v", c.Operator, s[0], text, got, want)
				}
			}
			if got := c.Matches(&Request{Context: map[string]ContextValue{"svc:Key": {Presence: Present}}}); got != Unknown {
				t.Errorf("%s on an unknown value: %v", c.Operator, got)
			}
		}
	}
}

func TestCondition(t *testing.T) {
	const root = "arn:aws:iam::111122223333:root"
	known := func(values ...string) ContextValue {
		if len(values) == 1 {
			return One(values[0])
		}
		return Many(values...)
	}
	for _, tt := range []struct {
		operator, key, values string
		context               ContextValue
		want                  Tri
	}{
		// Null looks at presence only.
		{"Null", "k:k", `"true"`, ContextValue{}, True},
		{"Null", "k:k", `"false"`, ContextValue{}, False},
		{"Null", "k:k", `false`, known("x"), True},
		{"Null", "k:k", `true`, known("x"), False},
		{"Null", "k:k", `true`, ContextValue{Presence: Present}, False},
		{"Null", "k:k", `true`, ContextValue{Presence: Either}, Unknown},
		{"Null", "k:k", `[true, false]`, ContextValue{Presence: Either}, True},
		{"Null", "k:k", `true`, Many("", ""), True},
		// A key that may or may not be there.
		{"StringEquals", "k:k", `"x"`, ContextValue{Presence: Either}, Unknown},
		{"StringLikeIfExists", "k:k", `"*"`, ContextValue{Presence: Either}, True},
		{"StringLike", "k:k", `"*"`, ContextValue{Presence: Either}, Unknown},
		{"StringLike", "k:k", `"*"`, ContextValue{Presence: Present}, True},
		{"StringNotLike", "k:k", `"*"`, ContextValue{Presence: Present}, False},
		// Several values: any for positive, none for negated.
		{"StringEquals", "k:k", `["a", "b"]`, known("b"), True},
		{"StringNotEquals", "k:k", `["a", "b"]`, known("b"), False},
		{"StringNotEquals", "k:k", `["a", "b"]`, known("c"), True},
		{"StringEquals", "k:k", `[]`, known("c"), Unknown},
		// Unquoted booleans and numbers.
		{"Bool", "aws:MultiFactorAuthPresent", `false`, known("false"), True},
		{"Bool", "aws:MultiFactorAuthPresent", `"FALSE"`, known("false"), True},
		{"NumericLessThan", "k:k", `3600`, known("3599.99"), True},
		{"NumericLessThan", "k:k", `"3600"`, known("3600.0"), False},
		{"NumericEquals", "k:k", `"9007199254740993"`, known("9007199254740992"), False},
		{"NumericGreaterThan", "k:k", `"-1.5"`, known("-1.25"), True},
		{"NumericEquals", "k:k", `"many"`, known("1"), Unknown},
		{"NumericEquals", "k:k", `"1"`, known("many"), Unknown},
		// Bool and variables: the documentation disagrees with itself.
		{"Bool", "k:k", `"${aws:PrincipalTag/x}"`, known("true"), Unknown},
		// Dates: the W3C profile and epoch seconds.
		{"DateGreaterThan", "aws:CurrentTime", `"2026-01-01T00:00:00Z"`, known("2026-01-01T00:00:00.5Z"), True},
		{"DateEquals", "aws:CurrentTime", `"2026-01-01T00:00:00Z"`, known("1767225600"), True},
		{"DateLessThan", "aws:CurrentTime", `"2026"`, known("2025-12-31T23:59:59-01:00"), False},
		{"NumericGreaterThan", "aws:EpochTime", `"1"`, known("2"), True},
		{"NumericGreaterThan", "aws:CurrentTime", `"1"`, known("2"), Unknown},
		// Addresses: families never mix, bare ones are whole prefixes.
		{"IpAddress", "aws:SourceIp", `"198.51.100.7"`, known("198.51.100.7"), True},
		{"IpAddress", "aws:SourceIp", `"198.51.100.7/24"`, known("198.51.100.200"), True},
		{"IpAddress", "aws:SourceIp", `"0.0.0.0/0"`, known("2001:db8::1"), False},
		{"IpAddress", "aws:SourceIp", `"::/0"`, known("198.51.100.7"), False},
		{"IpAddress", "aws:SourceIp", `"2001:db8::1"`, known("2001:DB8:0::1"), True},
		{"NotIpAddress", "aws:SourceIp", `["0.0.0.0/1", "128.0.0.0/1"]`, known("203.0.113.1"), False},
		{"ForAllValues:NotIpAddress", "aws:SourceIp", `"198.51.100.0/24"`, ContextValue{}, Unknown},
		{"ForAllValues:StringNotLike", "aws:ResourceOrgPaths", `"o-1/*"`, ContextValue{}, Unknown},
		// ARNs: six segments, one by one.
		{"ArnLike", "aws:PrincipalArn", `"arn:aws:iam::*:root"`, known(root), True},
		{"ArnEquals", "aws:PrincipalArn", `"arn:aws:iam::*:root"`, known(root), True},
		{"ArnLike", "aws:PrincipalArn", `"*"`, known(root), False},
		{"ArnNotLike", "aws:PrincipalArn", `"*"`, known(root), Unknown},
		{"ArnNotLike", "aws:PrincipalArn", `["*", "arn:*:iam::*:root"]`, known(root), False},
		{"ArnLike", "aws:PrincipalArn", `"arn:aws:*:root"`, known(root), False},
		{"StringLike", "aws:PrincipalArn", `"*:root"`, known(root), True},
		{"StringLike", "aws:PrincipalArn", `"arn:aws:iam:*:*:root"`, known(root), True},
		{"StringEquals", "aws:PrincipalArn", `"arn:aws:iam::*:root"`, known(root), False},
		{"ArnLike", "aws:PrincipalArn", `"arn:aws:iam::*:root"`, known("arn:aws-us-gov:iam::111122223333:root"), False},
		// Lists need ForAllValues or ForAnyValue.
		{"StringEquals", "k:k", `"a"`, known("a", "b"), Unknown},
		{"ForAnyValue:StringEquals", "k:k", `"a"`, known("a", "b"), True},
		{"ForAllValues:StringEquals", "k:k", `"a"`, known("a", "b"), False},
		{"ForAllValues:StringEquals", "k:k", `["a", "b"]`, known("a", "b"), True},
		{"StringEquals", "aws:TagKeys", `"a"`, known("a"), Unknown},
		{"ForAnyValue:StringEquals", "aws:TagKeys", `"a"`, known("a"), True},
		// Operators that do not belong to the key's type.
		{"StringEquals", "aws:MultiFactorAuthPresent", `"false"`, known("false"), Unknown},
		{"StringEquals", "aws:MultiFactorAuthPresent", `"false"`, ContextValue{}, False},
		{"StringNotLike", "aws:SourceIp", `"198.51.100.*"`, known("203.0.113.1"), Unknown},
		{"StringNotLike", "aws:SourceIp", `"198.51.100.*"`, ContextValue{}, True},
		{"Null", "aws:SourceIp", `"true"`, ContextValue{}, True},
	} {
		c := conditionOf(t, tt.operator, tt.key, tt.values)
		r := &Request{Context: map[string]ContextValue{tt.key: tt.context}}
		got, why := c.MatchesDetail(r)
		if got != tt.want {
			t.Errorf("%s %s %s on %+v: %v, want %v (%s)", tt.operator, tt.key, tt.values, tt.context, got, tt.want, why)
		}
	}
}

// TestVariables: values of variables are literal, absent ones match nothing
// and are not matched by anything, defaults and escapes count, and before 2012
// none of it does.
func TestVariables(t *testing.T) {
	alice := &Caller{Kind: UserCaller, Account: "111122223333", Name: "alice", ID: "AIDAEXAMPLE"}
	role := &Caller{Kind: RoleCaller, Account: "111122223333", Name: "dev"}
	for _, tt := range []struct {
		operator, value, version string
		caller                   *Caller
		name                     string
		want                     Tri
	}{
		{"StringEquals", "${aws:username}", "2012-10-17", alice, "alice", True},
		{"StringEquals", "${aws:userName}", "2012-10-17", alice, "alice", True},
		{"StringEquals", "${aws:username}", "2012-10-17", alice, "bob", False},
		{"StringEquals", "${aws:username}", "2012-10-17", role, "alice", False},
		{"StringNotEquals", "${aws:username}", "2012-10-17", role, "alice", True},
		{"StringEquals", "${aws:username}", "2012-10-17", nil, "alice", Unknown},
		{"StringLike", "x*${aws:username}", "2012-10-17", nil, "alice", False},
		{"StringEquals", "${aws:username, 'shared'}", "2012-10-17", role, "shared", True},
		{"StringEquals", "${aws:username, 'shared'}", "2012-10-17", alice, "shared", False},
		{"StringEquals", "${aws:username}", "2008-10-17", alice, "alice", False},
		{"StringEquals", "${aws:username}", "2008-10-17", alice, "${aws:username}", True},
		{"StringEquals", "${aws:username}", "", alice, "alice", False},
		{"StringLike", "${aws:username}*", "2012-10-17", alice, "alice2", True},
		{"StringLike", "${aws:username}", "2012-10-17", &Caller{Kind: UserCaller, Account: "1", Name: "a*"}, "ab", False},
		{"StringLike", "${*}", "2012-10-17", alice, "*", True},
		{"StringLike", "${*}", "2012-10-17", alice, "x", False},
		{"StringLike", "${?}${$}", "2012-10-17", alice, "?$", True},
		{"StringEquals", "$${aws:username}", "2012-10-17", alice, "$alice", True},
		{"StringEquals", "&{aws:username}", "2012-10-17", alice, "alice", False},
		{"StringEquals", "${aws:usrname}", "2012-10-17", alice, "alice", False},
		{"StringEquals", "${aws:username", "2012-10-17", alice, "${aws:username", True},
		{"StringEquals", "${}", "2012-10-17", alice, "alice", Unknown},
		{"StringEqualsIgnoreCase", "${aws:username}", "2012-10-17", alice, "ALICE", True},
		{"StringEquals", "${aws:TagKeys}", "2012-10-17", alice, "a", False},
	} {
		version := ""
		if tt.version != "" {
			version = `"Version": "` + tt.version + `", `
		}
		d := mustParse(t, fmt.Sprintf(`{%s"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {%q: {"sts:RoleSessionName": %q}}}]}`, version, tt.operator, tt.value))
		r := &Request{Caller: tt.caller, Action: "sts:AssumeRole", Context: map[string]ContextValue{"sts:RoleSessionName": One(tt.name)}}
		if got := d.Statements[0].Matches(r); got != tt.want {
			t.Errorf("%s %q (%s) by %+v as %q: %v, want %v", tt.operator, tt.value, tt.version, tt.caller, tt.name, got, tt.want)
		}
	}
}

// TestWords: a condition that decides says why.
func TestWords(t *testing.T) {
	d := mustParse(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
		"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]}`)
	m := d.Statements[0].MatchesDetail(&Request{Action: "iam:CreateUser", Resource: "*"})
	if want := "tests aws:MultiFactorAuthPresent with Bool, which does not match an absent key"; m.Why != want || m.Element != "Condition" || m.Condition == nil {
		t.Errorf("%q (%s), want %q", m.Why, m.Element, want)
	}
	d = mustParse(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}]}`)
	m = d.Statements[0].MatchesDetail(&Request{Action: "iam:CreateUser", Resource: "*"})
	if want := "exempts 'iam:CreateUser' in its NotAction"; m.Why != want || m.Element != "NotAction" {
		t.Errorf("%q (%s), want %q", m.Why, m.Element, want)
	}
}
