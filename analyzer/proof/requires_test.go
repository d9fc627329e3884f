package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

func TestRequires(t *testing.T) {
	org := Required{"StringEquals", "aws:PrincipalOrgID", []string{"o-mine"}}
	mfa := Required{"Bool", "aws:MultiFactorAuthPresent", []string{"true"}}
	external := Required{"StringLike", "sts:ExternalId", []string{"?*"}}
	const acct = `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"`
	for _, tt := range []struct {
		statements string
		required   Required
		want       Verdict
	}{
		{acct + `}`, org, Violated},
		{acct + `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}}`, org, Holds},
		{acct + `, "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}`, org, Violated},
		{acct + `}, {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-mine"}}}`, org, Holds},
		{acct + `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`, mfa, Holds},
		{acct + `, "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}`, mfa, Violated},
		{acct + `}, {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`, mfa, Holds},
		{acct + `, "Condition": {"StringEquals": {"sts:ExternalId": "one"}}}`, external, Holds},
		{acct + `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "?"}}}`, mfa, Undetermined},
		{`{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}`, org, NotApplicable},
	} {
		doc := partly(t, `{"Version": "2012-10-17", "Statement": [`+tt.statements+`]}`)
		got, err := Requires(doc, tt.required, SessionNameOptions{Account: "111122223333"})
		if err != nil || got.Verdict != tt.want {
			t.Errorf("%s of %s: %v, %v, want %v; needs %v", tt.required, tt.statements, got.Verdict, err, tt.want, got.Needs)
		}
		if got.Witness != nil && doc.Decide(got.Witness.Request).Allowed != value.Yes {
			t.Errorf("%s: the witness is not allowed: %s", tt.statements, got.Witness.Words)
		}
	}
	if _, err := Requires(nil, Required{"StringAlike", "a:b", nil}, SessionNameOptions{}); err == nil {
		t.Error("an operator that does not exist is accepted")
	}
}
