package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

// TestWitnessesAreTold: what a witness tells is all that it takes to replay it.
func TestWitnessesAreTold(t *testing.T) {
	for _, statement := range []string{
		`"Principal": {"AWS": "111122223333"}, "Condition": {"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLE12:*"}}`,
		`"Principal": {"AWS": "111122223333"}, "Condition": {"StringLike": {"aws:userid": "*:alice@example.com"}}`,
		`"Principal": {"AWS": "111122223333"}, "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:PrincipalTag/name}-*"}}`,
		`"Principal": {"AWS": "111122223333"}, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "x", "aws:RequestedRegion": "eu-west-1"}}`,
		`"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/a/session-1"}`,
		`"Principal": {"AWS": "*"}, "Condition": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/*"}}`,
		`"Principal": {"AWS": "*"}, "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin*"}}`,
	} {
		doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", `+statement+`}}`)
		got := SessionName(doc, SessionNameOptions{})
		if got.Class.Verdict() != Violated {
			t.Errorf("%s: %v", statement, got.Class)
			continue
		}
		if d := doc.Decide(retold(t, got.Witness)); d.Allowed != value.Yes {
			t.Errorf("%s: %s by %s with %v is %v", statement, got.Witness.Action, got.Witness.Principal, got.Witness.Context, d.Allowed)
		}
	}
	provider := "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
	doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "`+provider+`"},
		"Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com"}}}}`)
	w := OIDCSubject(doc, OIDCOptions{}).Witness
	if d := doc.Decide(retold(t, w)); d.Allowed != value.Yes || w.Context["oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud"] == "" {
		t.Errorf("%s with %v is %v", w.Principal, w.Context, d.Allowed)
	}
}

// TestOneID: an id is of one user or role, in an account that is meant.
func TestOneID(t *testing.T) {
	doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"},
		"Condition": {"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLE12:*"}}}}`)
	if got := TrustAnyone(doc, SessionNameOptions{}); got.Class != TrustConfined {
		t.Errorf("%v: %v", got.Class, got.Witness)
	}
}
