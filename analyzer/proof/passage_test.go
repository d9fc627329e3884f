package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TestPassageOfEqualValues: who has a tag that is equal to what else is asked gets past a
// trust policy, and nobody does where the two cannot be equal.
func TestPassageOfEqualValues(t *testing.T) {
	for _, tt := range []struct {
		first, second string
		want          value.Tri
		tie           Tie
	}{
		{"${aws:username}", "${aws:PrincipalTag/name}", value.Yes, TieIdentity},
		{"${aws:PrincipalTag/other}", "${aws:PrincipalTag/name}", value.Yes, TieIdentity},
		{"alice", "${aws:PrincipalTag/name}", value.Yes, TieIdentity},
		{"x-${aws:PrincipalTag/other}", "y-${aws:PrincipalTag/name}", value.No, TieUnknown},
	} {
		doc := statements(t, "trust.json", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:*"},
			{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:SourceIdentity": "`+tt.first+`"}}},
			{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:SourceIdentity": "`+tt.second+`"}}}`)
		got := Passage(doc, PassageOptions{SessionNameOptions: SessionNameOptions{Account: "111122223333", Partition: "aws"}, Action: "sts:AssumeRole", Who: []Who{{Kind: policy.UserCaller, Account: "111122223333", Name: "alice"}}})
		if got.Passes != tt.want || got.Tie != tt.tie {
			t.Errorf("%s and %s: %v, %v; want %v, %v: %v", tt.first, tt.second, got.Passes, got.Tie, tt.want, tt.tie, got.Needs)
		}
	}
}
