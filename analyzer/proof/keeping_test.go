package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func TestKeeping(t *testing.T) {
	const allow, action = `"Effect": "Allow", "Action": "sts:AssumeRole"`, `"Action": "sts:AssumeRole"`
	bound := `"StringEquals": {"sts:RoleSessionName": "${aws:username}"`
	own := `"Principal": {"AWS": "111122223333"}`
	for _, tt := range []struct {
		name, statements string
		statement        int    // that keeps the request out; -1: none does
		key              string // of its condition; "" for a Deny
	}{
		{"a condition", `{` + allow + `, ` + own + `, "Condition": {` + bound + `}}}`, 0, "sts:RoleSessionName"},
		{"beside another", `{` + allow + `, ` + own + `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}, ` + bound + `}}}`, 0, "sts:RoleSessionName"},
		{"a Deny", `{` + allow + `, ` + own + `}, {"Effect": "Deny", ` + action + `, "Principal": "*", "Condition": {"StringNotEquals": {"sts:RoleSessionName": "${aws:username}"}}}`, 1, ""},
		{"two that each do it", `{` + allow + `, ` + own + `, "Condition": {` + bound + `}}}, {"Effect": "Deny", ` + action + `, "Principal": "*", "Condition": {"StringNotEquals": {"sts:RoleSessionName": "${aws:username}"}}}`, 1, ""},
		{"principals alone", `{` + allow + `, "Principal": {"Service": "ec2.amazonaws.com"}, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}`, -1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := policy.Parse(value.Str(`{"Version": "2012-10-17", "Statement": [` + tt.statements + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			if r := SessionName(doc, SessionNameOptions{}); r.Class.Verdict() == Violated {
				t.Fatal("the policy is a violation:", r.Class)
			}
			k, w, found := Keeping([]*policy.Document{doc}, func(docs []*policy.Document) *Witness {
				return SessionName(docs[0], SessionNameOptions{}).Witness
			})
			if found != (tt.statement >= 0) {
				t.Fatal("found:", found, k)
			}
			if !found {
				return
			}
			if k.Statement != doc.Statements[tt.statement] {
				t.Errorf("statement %d", k.Statement.Index)
			}
			key := ""
			if k.Condition != nil {
				key = k.Condition.Key
			}
			if key != tt.key {
				t.Errorf("condition on %q, not %q", key, tt.key)
			}
			if d := policy.Decide([]*policy.Document{doc}, w.Request); d.Outcome() == policy.Allowed {
				t.Error("the request is not refused by the policy itself:", w.Words)
			}
		})
	}
}
