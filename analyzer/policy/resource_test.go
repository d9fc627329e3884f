package policy

import (
	"fmt"
	"testing"
)

// TestResource: of the wildcards of a Resource, AWS says that one which ends a
// segment crosses colons, and of no other whether it does.
func TestResource(t *testing.T) {
	const alice = "arn:aws:iam::111122223333:user/alice"
	for _, tt := range []struct {
		pattern, resource string
		want              Tri
	}{
		{"*", alice, True},
		{"arn:aws:iam::*:user/alice", alice, True},
		{"arn:aws:iam::1111*:user/*", alice, True},
		{"arn:aws:iam::111122223333:user/al?ce", alice, True},
		// A * at the end of a segment.
		{"arn:aws:iam:*:user/alice", alice, True},
		{"arn:*:user/alice", alice, True},
		{"arn:*", alice, True},
		{"arn:aws:logs:us-east-1:1:log-group:*", "arn:aws:logs:us-east-1:1:log-group:/a:log-stream:b", True},
		// One inside of a segment, or a ?.
		{"arn:aws:iam::*user/alice", alice, Unknown},
		{"arn:aws:iam::111122223333?user/alice", alice, Unknown},
		{"arn:aws:i*/alice", alice, Unknown},
		{"*alice", alice, Unknown},
		{"arn:aws:logs:us-east-1:1:log-group:/*-b", "arn:aws:logs:us-east-1:1:log-group:/a:log-stream:x-b", Unknown},
		{"arn:aws:logs:us-east-1:1:log-group:/*-b", "arn:aws:logs:us-east-1:1:log-group:/a-b", True},
		{"arn:aws:i*m::111122223333:user/alice", alice, True},
		{"arn:aws:i?m::*:user/bob", alice, False},
		{"alice", alice, False},
	} {
		for _, element := range []string{"Resource", "NotResource"} {
			d := mustParse(t, fmt.Sprintf(`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", %q: %q}}`, element, tt.pattern))
			want := tt.want
			if element == "NotResource" {
				want = want.Not()
			}
			if got := d.Statements[0].AdmitsResource(tt.resource, &Request{}); got != want {
				t.Errorf("%s %s of %s: %v, want %v", element, tt.pattern, tt.resource, got, want)
			}
		}
	}
}
