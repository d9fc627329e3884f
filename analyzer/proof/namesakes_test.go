package proof

import (
	"strings"
	"testing"
)

// TestNamesakes: where names are made in more than one way, two users may get the
// same one, whoever they are.
func TestNamesakes(t *testing.T) {
	const trust = `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": [NAMES]}MORE}}`
	for _, tt := range []struct {
		names, more string
		want        Verdict
	}{
		{`"${aws:username}", "x-${aws:username}"`, ``, Violated}, // x-bob, and bob
		{`"x-${aws:username}", "${aws:username}-y"`, ``, Violated},
		{`"x-${aws:username}", "y-${aws:username}"`, ``, Holds},
		{`"${aws:username}-x", "${aws:username}-y"`, ``, Holds},
		{`"x-${aws:username}", "x-${aws:username}-y"`, ``, Violated},
		{`"xx${aws:username}", "x${aws:username}"`, ``, Violated},
		{`"abc${aws:username}", "${aws:username}bcd"`, ``, Violated}, // abcd: of d and of a
		{`"${aws:username}", "x-${aws:username}", "y-${aws:username}"`, ``, Violated},
		{`"${aws:username}*", "x-${aws:username}"`, `, "StringLike": {"aws:username": "*"}`, Holds}, // no name has a star
		{`"${aws:username}", "x-${aws:username}"`, `, "StringNotLike": {"aws:username": "x-*"}`, Holds},
		{`"${aws:username}", "x-${aws:username}"`, `, "StringLike": {"aws:username": "x-*"}`, Violated}, // x-x-a, and x-a
		{`"${aws:username}", "x-${aws:username}"`, `, "StringLike": {"aws:username": "?????"}`, Holds},  // one would have to be longer
		{`"${aws:username}", "x-${aws:username}"`, `, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*-a/*"}`, Violated},
		{`"${aws:username}", "x-${aws:username}"`, `, "StringLike": {"aws:username": ["bob", "x-bob"]}`, Violated},
		{`"${aws:username}", "x-${aws:username}"`, `, "StringLike": {"aws:username": ["bob", "x-ann"]}`, Holds},
	} {
		text := strings.NewReplacer("NAMES", tt.names, "MORE", tt.more).Replace(trust)
		got := SessionName(statements(t, "trust.json", text), SessionNameOptions{Account: "444455556666"})
		if got.Class.Verdict() != tt.want {
			t.Errorf("%s%s: %v, want %v: %+v, %v", tt.names, tt.more, got.Class, tt.want, got.Witness, got.Needs)
		}
	}
}

// TestWhoIsCalledSo: who may have a name that the policy spells out is tried, whatever he
// is called by, and whoever may do part of what is asked.
func TestWhoIsCalledSo(t *testing.T) {
	for _, tt := range []struct {
		policy string
		want   string
	}{
		// The sessions of a role go by a default, and those of the user who is called so.
		{`{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ops"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username, 'shared'}"}}},
		  {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username}"}}}`, "WEAK"},
		// A tag that several roles may have is the one name that passes.
		{`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:*", "Condition": {"StringLike": {"sts:RoleSessionName": "ci-deploy"}}},
		  {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": {"StringNotLike": {"sts:RoleSessionName": "${aws:PrincipalTag/name}"}}}`, "WEAK"},
		// One account alone may set the source identity that all need.
		{`{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"Null": {"sts:SourceIdentity": "false"}}},
		  {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:SetSourceIdentity"}`, "WEAK_ALT"},
	} {
		got := SessionName(statements(t, "trust.json", tt.policy), SessionNameOptions{Account: "444455556666", Partition: "aws", TrustedTags: []string{}})
		if got.Class.String() != tt.want {
			t.Errorf("%s: %v, want %v: %+v, %v", tt.policy, got.Class, tt.want, got.Witness, got.Needs)
		}
	}
}

// TestEqualValues: what a name has to be made of twice may be equal for somebody: a tag
// that is the user's name, two tags, the source identity.
func TestEqualValues(t *testing.T) {
	const trust = `{"Effect": "Allow", "Principal": {"AWS": "PRINCIPAL"}, "Action": "sts:*"},
	  {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"KEY": "FIRST"}}},
	  {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"KEY": "SECOND"}}}`
	for _, tt := range []struct {
		key, first, second string
		class              string
		anyone             Verdict
	}{
		{"sts:SourceIdentity", "${aws:username}", "${aws:PrincipalTag/name}", "ALT_BOUND", Violated},
		{"sts:SourceIdentity", "${aws:PrincipalTag/name}", "${aws:PrincipalTag/other}", "WEAK_ALT", Violated},
		{"sts:SourceIdentity", "${aws:PrincipalTag/name}", "x-${aws:PrincipalTag/other}", "WEAK_ALT", Violated},
		{"sts:SourceIdentity", "y-${aws:PrincipalTag/name}", "x-${aws:PrincipalTag/other}", "UNSATISFIABLE", Holds},
		{"sts:SourceIdentity", "${aws:PrincipalTag/name}", "alice", "WEAK_ALT", Violated},
		{"sts:RoleSessionName", "${aws:username}", "${aws:PrincipalTag/name}", "BOUND", Violated},
		{"sts:RoleSessionName", "${aws:PrincipalTag/name}", "${aws:PrincipalTag/other}", "WEAK", Violated},
		{"sts:RoleSessionName", "${aws:PrincipalTag/name}", "${aws:userid}", "BOUND", Violated},
		{"sts:RoleSessionName", "${aws:PrincipalTag/name}", "x-${aws:PrincipalTag/other}", "WEAK", Violated},
		{"sts:RoleSessionName", "y-${aws:PrincipalTag/name}", "x-${aws:PrincipalTag/other}", "UNSATISFIABLE", Holds},
	} {
		for principal, anyone := range map[string]Verdict{"123456789012": Holds, "*": tt.anyone} {
			text := strings.NewReplacer("PRINCIPAL", principal, "KEY", tt.key, "FIRST", tt.first, "SECOND", tt.second).Replace(trust)
			d := statements(t, "trust.json", text)
			opt := SessionNameOptions{Account: "111122223333", Partition: "aws", TrustedTags: []string{}}
			if got := SessionName(d, opt); got.Class.String() != tt.class {
				t.Errorf("%s = %s = %s of %s: the name of the session: %v, want %v: %+v, %v", tt.key, tt.first, tt.second, principal, got.Class, tt.class, got.Witness, got.Needs)
			}
			if got := TrustAnyone(d, opt); got.Class.Verdict() != anyone {
				t.Errorf("%s = %s = %s of %s: strangers: %v, want %v: %+v, %v", tt.key, tt.first, tt.second, principal, got.Class, anyone, got.Witness, got.Needs)
			}
		}
	}
}
