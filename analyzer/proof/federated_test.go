package proof

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func TestTrustAnyone(t *testing.T) {
	for _, tt := range []struct {
		statement, want string
	}{
		{`"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"]}, "Action": "sts:*"`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-mine"}}`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-mine/r-1/*"}}`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*"}}`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"}}`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "secret"}}`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}`, "ANYONE"},
		// A stranger may set a source identity as well.
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition": {"StringLike": {"sts:SourceIdentity": "*"}}`, "ANYONE"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:SourceIdentity": "*"}}`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"`, "CONFINED"},
		// Whichever account stands for a stranger, it may be one that is named.
		{`"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:root", "777788889999", "123123123123"]}, "Action": "sts:AssumeRole"`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalAccount": ["444455556666", "777788889999"]}}`, "CONFINED"},
		{`"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"`, "NA"},
		{`"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"`, "INVALID"},
	} {
		doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {`+tt.statement+`}}`)
		got := TrustAnyone(doc, SessionNameOptions{Account: "111122223333"})
		if got.Class.String() != tt.want {
			t.Errorf("%s: %v, want %s; needs %v", tt.statement, got.Class, tt.want, got.Needs)
		}
		if (got.Witness != nil) != (got.Class == TrustEveryone) {
			t.Errorf("%s: witness %v", tt.statement, got.Witness)
		}
		if got.Witness != nil && doc.Decide(got.Witness.Request).Allowed != value.Yes {
			t.Errorf("%s: the witness is not allowed: %s", tt.statement, got.Witness.Words)
		}
	}
}

// TestTrustAnyoneDeny: a Deny of everybody else confines an Allow of all.
func TestTrustAnyoneDeny(t *testing.T) {
	doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
		{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-mine"}}}]}`)
	if got := TrustAnyone(doc, SessionNameOptions{}); got.Class != TrustConfined {
		t.Errorf("class %v", got.Class)
	}
}

func TestOIDCSubject(t *testing.T) {
	const github, gitlab, eks = "token.actions.githubusercontent.com", "gitlab.com", "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
	for _, tt := range []struct {
		host, condition, want string
	}{
		{github, `{"StringEquals": {"HOST:sub": "repo:mine/app:ref:refs/heads/main", "HOST:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{github, `{"StringLike": {"HOST:sub": "repo:mine/*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{github, `{"ForAllValues:StringLike": {"HOST:sub": "repo:mine/*", "HOST:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{github, `{"StringLike": {"HOST:sub": "repo:mine*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:*/app:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": ["repo:mine/app:*", "*"]}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{github, `{"StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{github, `{"StringNotEquals": {"HOST:sub": "repo:mine/app:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:mine/*"}}`, "NO_AUDIENCE"},
		{github, `{"StringEquals": {"HOST:repository_owner_id": "123", "HOST:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{github, `{"StringEquals": {"HOST:ref": "refs/heads/main", "HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{github, `{"StringEquals": {"gitlab.com:sub": "project_path:mine/app:ref_type:branch:ref:main", "HOST:aud": "x"}}`, "UNSATISFIABLE"},
		{gitlab, `{"StringLike": {"HOST:sub": "project_path:mine/*"}, "StringEquals": {"HOST:aud": "https://gitlab.com"}}`, "BOUND"},
		{gitlab, `{"StringEquals": {"HOST:aud": "https://gitlab.com"}}`, "ANY_SUBJECT"},
		{eks, `{"StringEquals": {"HOST:sub": "system:serviceaccount:a:b", "HOST:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{eks, `{"StringLike": {"HOST:sub": "system:serviceaccount:*:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{"app.terraform.io", `{"StringLike": {"HOST:sub": "organization:mine:project:*:workspace:*:run_phase:*"}, "StringEquals": {"HOST:aud": "aws.workload.identity"}}`, "BOUND"},
		{"app.terraform.io", `{"StringLike": {"HOST:sub": "organization:*:project:p:workspace:w:run_phase:apply"}, "StringEquals": {"HOST:aud": "aws.workload.identity"}}`, "FOREIGN_SUBJECT"},
	} {
		text := fmt.Sprintf(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/%s"},
			"Action": "sts:AssumeRoleWithWebIdentity", "Condition": %s}}`, tt.host, strings.ReplaceAll(tt.condition, "HOST", tt.host))
		doc := parse(t, "trust.json", text)
		got := OIDCSubject(doc, OIDCOptions{})
		if got.Class.String() != tt.want {
			t.Errorf("%s %s: %v, want %s; needs %v", tt.host, tt.condition, got.Class, tt.want, got.Needs)
		}
		if got.Witness == nil {
			continue
		}
		t.Log(got.Witness.Words)
		if doc.Decide(got.Witness.Request).Allowed != value.Yes {
			t.Errorf("%s: the witness is not allowed: %s", tt.condition, got.Witness.Words)
		}
	}
	none := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}`)
	if got := OIDCSubject(none, OIDCOptions{}); got.Class != OIDCNA {
		t.Errorf("class %v without a provider", got.Class)
	}
	if got := OIDCSubject(&policy.Document{Open: true}, OIDCOptions{}); got.Class != OIDCUndetermined || len(got.Needs) == 0 {
		t.Errorf("%v of an unknown policy", got)
	}
}

func TestOIDCUnknown(t *testing.T) {
	for _, tt := range []struct{ name, principal, condition, want string }{
		{"by reference, bound", "?aws_iam_openid_connect_provider.arn", `{"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:mine/app:ref:refs/heads/main", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{"by reference, no subject", "?aws_iam_openid_connect_provider.arn", `{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{"an account with a hole", "arn:aws:iam::?+:oidc-provider/token.actions.githubusercontent.com", `{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{"an unknown subject", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", `{"StringLike": {"token.actions.githubusercontent.com:sub": "?", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`, "UNDETERMINABLE"},
		{"an unknown repository of a known owner", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", `{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:mine/?+:*", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`, "BOUND"},
		{"an unknown owner", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", `{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:?+/app:*", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`, "UNDETERMINABLE"},
		{"unknown subjects beside a star", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", `{"StringLike": {"token.actions.githubusercontent.com:sub": ["?", "*"]}}`, "ANY_SUBJECT"},
	} {
		doc := partly(t, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "`+tt.principal+`"},
			"Action": "sts:AssumeRoleWithWebIdentity", "Condition": `+tt.condition+`}}`)
		got := OIDCSubject(doc, OIDCOptions{})
		if got.Class.String() != tt.want {
			t.Errorf("%s: %v, want %s; needs %v", tt.name, got.Class, tt.want, got.Needs)
		}
		if got.Class == OIDCUndetermined && len(got.Needs) == 0 {
			t.Errorf("%s: nothing is needed", tt.name)
		}
		if got.Class != OIDCUndetermined && got.Provider != "token.actions.githubusercontent.com" {
			t.Errorf("%s: provider %q", tt.name, got.Provider)
		}
	}
}

// TestSecondStatement: a statement after one that is bound is looked at too.
func TestSecondStatement(t *testing.T) {
	doc := parse(t, "trust.tf", `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
		 "Condition": {"StringEquals": {"gitlab.com:sub": "project_path:mine/app:ref_type:branch:ref:main", "gitlab.com:aud": "x"}}},
		{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}]}`)
	got := OIDCSubject(doc, OIDCOptions{})
	if got.Class != OIDCAnySubject || got.Statement != doc.Statements[1] || !got.Issuer.Shared {
		t.Errorf("%v of %v", got.Class, got.Statement)
	}
}

// TestTrustAnyoneTags: a stranger gives himself tags as he likes, also what a policy
// spells out or what he is called.
func TestTrustAnyoneTags(t *testing.T) {
	for _, names := range []string{`"${aws:username, 'shared'}"`, `"x-${aws:username}"`, `"ci-deploy"`} {
		doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
			{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:RoleSessionName": `+names+`}}},
			{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:RoleSessionName": "${aws:PrincipalTag/name}"}}}]}`)
		got := TrustAnyone(doc, SessionNameOptions{Account: "111122223333"})
		if got.Class != TrustEveryone {
			t.Errorf("%s: %v, needs %v", names, got.Class, got.Needs)
			continue
		}
		if doc.Decide(got.Witness.Request).Allowed != value.Yes {
			t.Errorf("%s: the witness is not allowed: %s", names, got.Witness.Words)
		}
	}
}
