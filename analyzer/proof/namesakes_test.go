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
