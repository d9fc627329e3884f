package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func TestRequires(t *testing.T) {
	org := Required{"StringEquals", "aws:PrincipalOrgID", []string{"o-mine"}}
	mfa := Required{"Bool", "aws:MultiFactorAuthPresent", []string{"true"}}
	name := Required{"StringEquals", "sts:RoleSessionName", []string{"${aws:username}"}}
	identity := Required{"StringEquals", "sts:SourceIdentity", []string{"${aws:username}"}}
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
		// A stranger is in no organization of ours, whatever the condition lists.
		{`{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}`, org, Violated},
		{`{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}}`, org, Holds},
		{`{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalAccount": "999988887777"}}}`, Required{"StringEquals", "aws:PrincipalAccount", []string{"999988887777", "123456789012"}}, Holds},
		{`{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}`, Required{"StringEquals", "aws:PrincipalAccount", []string{"999988887777", "777788889999", "123123123123"}}, Violated},
		// A second statement, or a Deny of some principals only, leaves a way.
		{acct + `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}}, {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"}, "Action": "sts:AssumeRole"}`, org, Violated},
		{acct + `}, {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}, "Action": "sts:*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-mine"}}}`, org, Violated},
		{acct + `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-mine", "o-other"]}}}`, org, Violated},
		{acct + `, "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-mine"}}}`, org, Violated},
		{acct + `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "?"}}}`, org, Undetermined},
		// Names and source identities may be what is required.
		{acct + `, "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}}`, name, Holds},
		{acct + `}`, name, Violated},
		{`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition": {"StringLike": {"sts:SourceIdentity": "*"}}}`, identity, Violated},
		{`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition": {"StringEquals": {"sts:SourceIdentity": "${aws:username}"}}}`, identity, Holds},
		// What a principal is makes no difference where nothing is required of it.
		{`{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole"}`, org, Violated},
		{`{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}}`, org, Holds},
		{`{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}}`, org, Undetermined},
		{`{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": "alice"}}}`, name, Undetermined},
		{`{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:username": "alice"}}}`, org, Undetermined},
		{`{"Effect": "Allow", "Principal": "?", "Action": "sts:AssumeRole"}`, org, Undetermined},
		{`{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}`, org, NotApplicable},
	} {
		doc := partly(t, `{"Version": "2012-10-17", "Statement": [`+tt.statements+`]}`)
		got, err := Requires(doc, tt.required, Asked{}, SessionNameOptions{Account: "111122223333"})
		if err != nil || got.Verdict != tt.want {
			t.Errorf("%s of %s: %v, %v, want %v; needs %v", tt.required, tt.statements, got.Verdict, err, tt.want, got.Needs)
		}
		if got.Witness != nil && got.Witness.Principal != "" && doc.Decide(got.Witness.Request).Allowed != value.Yes {
			t.Errorf("%s: the witness is not allowed: %s", tt.statements, got.Witness.Words)
		}
	}
	if _, err := Requires(nil, Required{"StringAlike", "a:b", nil}, Asked{}, SessionNameOptions{}); err == nil {
		t.Error("an operator that does not exist is accepted")
	}
}

// Of whom a condition is not required, nothing is asked; of a principal that is
// not known, it depends on what that is.
func TestRequiresOfSome(t *testing.T) {
	mfa := Required{"Bool", "aws:MultiFactorAuthPresent", []string{"true"}}
	users, roles := Asked{Kinds: []policy.CallerKind{policy.UserCaller}}, Asked{Kinds: []policy.CallerKind{policy.RoleCaller}}
	vendor := Asked{Except: []string{"111122223333"}}
	const allow = `{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": `
	for _, tt := range []struct {
		statements string
		of         Asked
		want       Verdict
	}{
		{allow + `"arn:aws:iam::111122223333:role/ci"}}`, users, Holds},
		{allow + `"arn:aws:iam::111122223333:role/ci"}}`, roles, Violated},
		{allow + `"arn:aws:iam::111122223333:user/ci"}}`, users, Violated},
		{allow + `"arn:aws:iam::111122223333:root"}}`, users, Violated},
		{allow + `"arn:aws:iam::111122223333:root"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}}`, users, Holds},
		{allow + `"?"}}`, users, Undetermined},
		{allow + `"?"}, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`, users, Holds},
		{allow + `"arn:aws:iam::111122223333:root"}}`, vendor, Holds},
		{allow + `["111122223333", "444455556666"]}}`, vendor, Violated},
		{allow + `"*"}}`, vendor, Violated},
		{allow + `"arn:aws:iam::?+:root"}}`, vendor, Undetermined},
		{allow + `"arn:aws:iam::?+:root"}, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`, vendor, Holds},
		{allow + `"?"}}`, vendor, Undetermined},
	} {
		doc := partly(t, `{"Version": "2012-10-17", "Statement": [`+tt.statements+`]}`)
		got, err := Requires(doc, mfa, tt.of, SessionNameOptions{})
		if err != nil || got.Verdict != tt.want {
			t.Errorf("%s of %v: %v, %v, want %v; needs %v", tt.statements, tt.of, got.Verdict, err, tt.want, got.Needs)
		}
		if got.Verdict == Undetermined && len(got.Needs) == 0 {
			t.Errorf("%s: undetermined, and needs nothing", tt.statements)
		}
	}
}
