package proof

import (
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// partly reads a policy in which "?" is a value that is not known, "?type.attr"
// one that is an attribute of a resource, and text after "?+" a string that
// begins or ends in something unknown: "arn:aws:iam::?+:root".
func partly(t testing.TB, text string) *policy.Document {
	t.Helper()
	var walk func(v *value.Value) *value.Value
	walk = func(v *value.Value) *value.Value {
		c := *v
		c.Elems, c.Attrs = nil, nil
		for _, e := range v.Elems {
			c.Elems = append(c.Elems, walk(e))
		}
		for _, a := range v.Attrs {
			a.Value = walk(a.Value)
			c.Attrs = append(c.Attrs, a)
		}
		s, ok := v.Text()
		if !ok || !strings.Contains(s, "?") {
			return &c
		}
		hole := value.UnknownBecause("var.x has no value", source.Span{})
		if before, after, ok := strings.Cut(s, "?+"); ok {
			return &value.Value{Kind: value.String, Parts: []value.Part{
				{Text: source.Computed(before, source.Span{})}, {Hole: hole}, {Text: source.Computed(after, source.Span{})},
			}}
		}
		if ref := strings.TrimPrefix(s, "?"); ref != "" {
			kind, attr, _ := strings.Cut(ref, ".")
			hole.Ref = &value.Ref{Root: ".", Address: kind + ".x", Type: kind, Attr: attr}
		}
		return hole
	}
	d, err := policy.Parse(walk(tree(t, text)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSessionNameUnknown(t *testing.T) {
	const bound = `"Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}`
	for _, tt := range []struct {
		name, statements, want string
	}{
		{"any unknown principal, no condition", `{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole"}`, "MISSING"},
		{"unknown principal, bound", `{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole", ` + bound + `}`, "BOUND"},
		{"unknown principal, constant: fine for one user, not for an account", `{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"sts:RoleSessionName": "ci"}}}`, "UNDETERMINABLE"},
		{"a user by reference, constant", `{"Effect": "Allow", "Principal": {"AWS": "?aws_iam_user.arn"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"sts:RoleSessionName": "ci"}}}`, "CONSTANT_OK"},
		{"a role by reference, user name", `{"Effect": "Allow", "Principal": {"AWS": "?aws_iam_role.arn"}, "Action": "sts:AssumeRole", ` + bound + `}`, "UNSATISFIABLE"},
		{"a role by reference, no condition", `{"Effect": "Allow", "Principal": {"AWS": "?aws_iam_role.arn"}, "Action": "sts:AssumeRole"}`, "MISSING"},
		{"an account with a hole", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::?+:root"}, "Action": "sts:AssumeRole"}`, "MISSING"},
		{"a partition with a hole", `{"Effect": "Allow", "Principal": {"AWS": "arn:?+:iam::111122223333:root"}, "Action": "sts:AssumeRole"}`, "MISSING"},
		{"a user in a partition with a hole", `{"Effect": "Allow", "Principal": {"AWS": "arn:?+:iam::111122223333:user/alice"}, "Action": "sts:AssumeRole"}`, "MISSING"},
		{"an account with a hole, bound", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::?+:root"}, "Action": "sts:AssumeRole", ` + bound + `}`, "BOUND"},
		{"an account with a hole, constant", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::?+:root"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"sts:RoleSessionName": "ci"}}}`, "WEAK"},
		{"a Deny-unless of everybody binds whoever it is", `{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "sts:AssumeRole"},
			{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:RoleSessionName": "${aws:username}"}}}`, "BOUND"},
		{"a Deny-unless of the same reference", `{"Effect": "Allow", "Principal": {"AWS": "?aws_iam_user.arn"}, "Action": "sts:AssumeRole"},
			{"Effect": "Deny", "Principal": {"AWS": "?aws_iam_user.arn"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:RoleSessionName": "${aws:username}"}}}`, "BOUND"},
		{"an unknown Deny may bind", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
			{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"sts:RoleSessionName": "?"}}}`, "UNDETERMINABLE"},
		{"an unknown Deny of another action does not matter", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
			{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:TagSession", "Condition": {"StringNotEquals": {"aws:RequestTag/x": "?"}}}`, "MISSING"},
		{"an unknown Allow does not hide a free one", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
			{"Effect": "Allow", "Principal": {"AWS": "?"}, "Action": "?", "Condition": {"StringEquals": {"aws:PrincipalTag/x": "?"}}}`, "MISSING"},
		{"an unknown external id lets somebody in", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"sts:ExternalId": "?"}}}`, "MISSING"},
		{"whichever organization it is, somebody is in it", `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"aws:PrincipalOrgID": "?"}}}`, "MISSING"},
		{"an unknown condition beside a binding one", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}", "aws:PrincipalOrgID": "?"}}}`, "BOUND"},
		{"an unknown name", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
			"Condition": {"StringLike": {"sts:RoleSessionName": "?"}}}`, "UNDETERMINABLE"},
		{"unknown values beside a star", `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
			"Condition": {"StringLike": {"sts:RoleSessionName": ["?", "*"]}}}`, "VACUOUS"},
		{"an unknown type of principal", `{"Effect": "Allow", "Principal": "?", "Action": "sts:AssumeRole"}`, "UNDETERMINABLE"},
		{"an unknown service", `{"Effect": "Allow", "Principal": {"Service": "?"}, "Action": "sts:AssumeRole"}`, "NA"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := partly(t, `{"Version": "2012-10-17", "Statement": [`+tt.statements+`]}`)
			got := SessionName(doc, SessionNameOptions{Account: "111122223333"})
			if got.Class.String() != tt.want {
				t.Errorf("class %v, want %s: witness %v, needs %v", got.Class, tt.want, got.Witness, got.Needs)
			}
			if got.Class == NameUndetermined && !slices.ContainsFunc(got.Needs, func(r value.Reason) bool { return r.Text == "var.x has no value" }) {
				t.Errorf("needs %v", got.Needs)
			}
		})
	}
}

func TestSessionNameCallers(t *testing.T) {
	for _, tt := range []struct {
		name, statement string
		want            Callers
	}{
		{"own account", `"Principal": {"AWS": "111122223333"}`, Callers{Accounts: []string{"111122223333"}, Users: true, Roles: true}},
		{"foreign account", `"Principal": {"AWS": "arn:aws:iam::999999999999:root"}`, Callers{Accounts: []string{"999999999999"}, Foreign: []string{"999999999999"}, Users: true, Roles: true}},
		{"everybody", `"Principal": "*"`, Callers{Anyone: true, Accounts: []string{"111122223333"}, Users: true, Roles: true}},
		{"everybody of the organization", `"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}`, Callers{Accounts: []string{"111122223333"}, Users: true, Roles: true}},
		{"roles", `"Principal": {"AWS": ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/team/b"]}`, Callers{Accounts: []string{"111122223333"}, Roles: true, AllRoles: true}},
		{"external id", `"Principal": {"AWS": "999999999999"}, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}`, Callers{Accounts: []string{"999999999999"}, Foreign: []string{"999999999999"}, Users: true, Roles: true, ExternalID: true}},
		{"external id, if any", `"Principal": {"AWS": "999999999999"}, "Condition": {"StringEqualsIfExists": {"sts:ExternalId": "x"}}`, Callers{Accounts: []string{"999999999999"}, Foreign: []string{"999999999999"}, Users: true, Roles: true}},
		{"only users", `"Principal": {"AWS": "111122223333"}, "Condition": {"StringEquals": {"aws:PrincipalType": "User"}}`, Callers{Accounts: []string{"111122223333"}, Users: true}},
		{"one role of the account", `"Principal": {"AWS": "111122223333"}, "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deploy"}}`, Callers{Accounts: []string{"111122223333"}, Roles: true, AllRoles: true}},
	} {
		doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", `+tt.statement+`}}`)
		got := SessionName(doc, SessionNameOptions{Account: "111122223333"})
		if got.Class != NameMissing {
			t.Errorf("%s: %v", tt.name, got.Class)
		}
		c := got.Callers
		if c.Anyone != tt.want.Anyone || !slices.Equal(c.Accounts, tt.want.Accounts) || !slices.Equal(c.Foreign, tt.want.Foreign) ||
			c.Users != tt.want.Users || c.Roles != tt.want.Roles || c.AllRoles != tt.want.AllRoles || c.ExternalID != tt.want.ExternalID {
			t.Errorf("%s: %+v, want %+v", tt.name, c, tt.want)
		}
		if d := doc.Decide(got.Witness.Request); d.Allowed != value.Yes {
			t.Errorf("%s: the witness is not allowed: %s", tt.name, got.Witness.Words)
		}
	}
}

func TestRootUnknown(t *testing.T) {
	const proof = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`
	open := &policy.Document{Open: true, Value: value.UnknownBecause("the policy p-1 is not in this scan", source.Span{})}
	doc := func(statements string) *policy.Document {
		return partly(t, `{"Version": "2012-10-17", "Statement": [`+statements+`]}`)
	}
	for _, tt := range []struct {
		name   string
		levels []Level
		opt    RootOptions
		want   RootClass
	}{
		{"a policy that is not known changes no proof", []Level{{Documents: []*policy.Document{doc(proof), open}, FullAccess: value.Yes}}, RootOptions{}, MFAEnforced},
		{"a policy that is not known may stop root", []Level{{Documents: []*policy.Document{open}, FullAccess: value.Yes}}, RootOptions{}, RootUndetermined},
		{"nothing is attached", []Level{{FullAccess: value.Yes}}, RootOptions{}, RootNone},
		{"FullAWSAccess may be detached", []Level{{FullAccess: value.Maybe}}, RootOptions{}, RootUndetermined},
		{"nothing is allowed", []Level{{FullAccess: value.No}}, RootOptions{}, RootDenied},
		{"an unknown value of a principal", []Level{{Documents: []*policy.Document{doc(`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "?"}}}`)}, FullAccess: value.Yes}}, RootOptions{}, RootUndetermined},
		{"an unknown partition in the ARN", []Level{{Documents: []*policy.Document{doc(`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:?+:iam::*:root"}}}`)}, FullAccess: value.Yes}}, RootOptions{}, RootUndetermined},
		{"an unknown statement for one service only", []Level{{Documents: []*policy.Document{doc(`{"Effect": "Deny", "Action": "ec2:?+", "Resource": "*"}`)}, FullAccess: value.Yes}}, RootOptions{}, RootNone},
		{"another account is pinned", []Level{{Documents: []*policy.Document{doc(`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:root"}}}`)}, FullAccess: value.Yes}}, RootOptions{Account: "999988887777"}, RootNone},
		{"an account is pinned, and there are others", []Level{{Documents: []*policy.Document{doc(`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:root"}}}`)}, FullAccess: value.Yes}}, RootOptions{}, RootNone},
		{"an account is exempt", []Level{{Documents: []*policy.Document{doc(`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:root"}}}`)}, FullAccess: value.Yes}}, RootOptions{}, RootNone},
		{"GovCloud is known", []Level{{Documents: []*policy.Document{doc(proof)}, FullAccess: value.Yes}}, RootOptions{Partitions: []string{"aws-us-gov"}}, RootNone},
		{"several levels add up", []Level{
			{Documents: []*policy.Document{doc(strings.Replace(proof, "BoolIfExists", "Bool", 1))}, FullAccess: value.Yes},
			{Documents: []*policy.Document{doc(strings.Replace(proof, `"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}`, `"Null": {"aws:MultiFactorAuthPresent": "true"}`, 1))}, FullAccess: value.Yes},
		}, RootOptions{}, MFAEnforced},
	} {
		got := RootMFA(tt.levels, tt.opt)
		if got.Class != tt.want {
			t.Errorf("%s: %v, want %v; witness %v, needs %v", tt.name, got.Class, tt.want, got.Witness, got.Needs)
		}
		if got.Class == RootUndetermined && len(got.Needs) == 0 {
			t.Errorf("%s: nothing is needed", tt.name)
		}
	}
}

// TestNearMisses: each defect is named by its word.
func TestNearMisses(t *testing.T) {
	want := map[string]string{
		"C02": DefectBool, "C03": DefectNullOnly, "C05": DefectBothTests, "C06": DefectPolarity, "C11": DefectWildcard, "C13": DefectPartition,
		"C16": DefectPrincipalType, "C19": DefectAccount, "C22": DefectExempts, "C23": DefectExempts, "C24": DefectActions, "C26": DefectResource,
		"C29": DefectKey, "C31": DefectAge, "C33": DefectForAny, "C35": DefectNarrowed, "C38": DefectInverted, "C40": DefectFullAccess,
		"C42": DefectTag, "C43": DefectARN, "C48": DefectResource,
	}
	for _, v := range vectors(t, "scp_root_mfa.json") {
		got := RootMFA(v.levels(t), RootOptions{Account: "123456789012", Partitions: v.partitions()})
		if got.Class.Verdict() != Violated {
			continue
		}
		if got.Near == nil || got.Near.Defect != want[v.ID] {
			t.Errorf("%s: %+v, want %s", v.ID, got.Near, want[v.ID])
		}
	}
}

// An external id is asked for though nobody knows which.
func TestUnknownExternalIDIsRequired(t *testing.T) {
	doc := partly(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
		"Condition": {"StringEquals": {"sts:ExternalId": "?"}}}]}`)
	if got := SessionName(doc, SessionNameOptions{}); !got.Callers.ExternalID || got.Callers.Anyone {
		t.Errorf("callers %+v", got.Callers)
	}
}

// TestRootRest: cases that the vectors leave out.
func TestRootRest(t *testing.T) {
	const deny = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"`
	for _, tt := range []struct{ name, text, want string }{
		{"a string operator on a boolean key", deny + `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringEquals": {"aws:MultiFactorAuthPresent": "false"}}}]}`, "PARTIAL"},
		{"a Principal in an SCP", deny + `, "Principal": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}`, "MALFORMED"},
		{"no conditions", deny + `, "Condition": {}}]}`, "ROOT_DENIED"},
		{"an operator that does not exist", deny + `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "ConditionIfBoolExists": {"aws:MultiFactorAuthPresent": "false"}}}]}`, "MALFORMED"},
		{"the organization's own id", deny + `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}]}`, "ROOT_DENIED"},
		{"everybody but the organization", deny + `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}]}`, "NONE"},
		{"certain units", deny + `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/ou-c/*"}}}]}`, "UNDETERMINABLE"},
		{"not within business hours", deny + `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}]}`, "PARTIAL"},
		{"two dates that leave nothing", `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "DateGreaterThanEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}},
			{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}]}`, "ROOT_DENIED"},
		{"two regions that leave nothing", `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringLike": {"aws:RequestedRegion": "eu-*"}}},
			{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringNotLike": {"aws:RequestedRegion": "eu-*"}}}]}`, "ROOT_DENIED"},
		{"a region is left", `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringLike": {"aws:RequestedRegion": "eu-*"}}},
			{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "StringNotLike": {"aws:RequestedRegion": "eu-west-*"}}}]}`, "ROOT_DENIED"},
		{"resources that add up", `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}},
			{"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}`, "ROOT_DENIED"},
		{"every service but one", `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["support:*"], "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}`, "PARTIAL"},
		{"a list of services is never everything", `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["a*:*", "b*:*", "c*:*", "d*:*", "e*:*", "f*:*", "g*:*", "h*:*", "i*:*", "k*:*", "l*:*", "m*:*", "n*:*", "o*:*", "p*:*", "q*:*", "r*:*", "s*:*", "t*:*", "u*:*", "v*:*", "w*:*", "x*:*"], "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}`, "PARTIAL"},
	} {
		levels := []Level{{Documents: []*policy.Document{parse(t, "scp.tf", tt.text)}, FullAccess: value.Yes}}
		got := RootMFA(levels, RootOptions{})
		if got.Class.String() != tt.want {
			t.Errorf("%s: %v, want %s; witness %+v, needs %v", tt.name, got.Class, tt.want, got.Witness, got.Needs)
		}
		if got.Class == RootUndetermined && len(got.Needs) == 0 {
			t.Errorf("%s: nothing is needed", tt.name)
		}
		if got.Class == RootPartial || got.Class == RootNone {
			replaySCP(t, levels, Violated, got.Witness)
			t.Log(got.Witness.Words, got.Exempt)
		}
	}
}

// TestOtherPartitions: the principals of a policy tell its partition.
func TestOtherPartitions(t *testing.T) {
	for _, principal := range []string{"arn:aws-us-gov:iam::111122223333:root", "arn:aws-cn:iam::111122223333:role/x", "111122223333"} {
		doc := parse(t, "trust.tf", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "`+principal+`"}, "Action": "sts:AssumeRole"}}`)
		if got := SessionName(doc, SessionNameOptions{}); got.Class != NameMissing {
			t.Errorf("%s: %v", principal, got.Class)
		}
	}
}

// TestPartitionByReference: a policy that takes its partition from
// data.aws_partition is right in each, and results are about what is written.
func TestPartitionByReference(t *testing.T) {
	in := func(text string) *policy.Document {
		partition := value.UnknownBecause("the partition is not known (--partition)", source.Span{})
		partition.Ref = &value.Ref{Root: ".", Address: "data.aws_partition.current", Data: true, Type: "aws_partition", Attr: "partition"}
		v := tree(t, strings.Replace(text, "PARTITION", "?+", 1))
		for n := range places(v) {
			s, _ := nth(v, n).Text()
			if before, after, ok := strings.Cut(s, "?+"); ok {
				v = replaced(v, n, &value.Value{Kind: value.String, Parts: []value.Part{
					{Text: source.Computed(before, source.Span{})}, {Hole: partition}, {Text: source.Computed(after, source.Span{})}}})
			}
		}
		d, err := policy.Parse(v)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	scp := in(`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
		"ArnLike": {"aws:PrincipalArn": "arn:PARTITION:iam::*:root"}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}`)
	for _, partitions := range [][]string{nil, {"aws"}, {"aws-us-gov"}, {"aws", "aws-us-gov", "aws-cn"}} {
		got := RootMFA([]Level{{Documents: []*policy.Document{scp}, FullAccess: value.Yes}}, RootOptions{Partitions: partitions})
		if got.Class != MFAEnforced || len(got.Deciding) != 1 || got.Deciding[0] != scp.Statements[0] {
			t.Errorf("%v: %v by %v; needs %v", partitions, got.Class, got.Deciding, got.Needs)
		}
	}
	weak := in(`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
		"ArnLike": {"aws:PrincipalArn": "arn:PARTITION:iam::*:root"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}}]}`)
	got := RootMFA([]Level{{Documents: []*policy.Document{weak}, FullAccess: value.Yes}}, RootOptions{})
	if got.Class != RootPartial || got.Near == nil || got.Near.Statement != weak.Statements[0] || got.Near.Condition != &weak.Statements[0].Conditions[1] {
		t.Errorf("%v: %+v", got.Class, got.Near)
	}
	trust := in(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:PARTITION:iam::111122223333:root"}, "Action": "sts:AssumeRole",
		"Condition": {"StringLike": {"sts:RoleSessionName": "*"}}}]}`)
	if got := SessionName(trust, SessionNameOptions{}); got.Class != NameVacuous || got.Statements[0] != trust.Statements[0] || got.Condition != &trust.Statements[0].Conditions[0] {
		t.Errorf("%v: %v %v", got.Class, got.Statements, got.Condition)
	}
}

// TestPartitions: a policy that names root of one partition stops it there and
// nowhere else, in every partition that there is.
func TestPartitions(t *testing.T) {
	for _, named := range append(aws.PartitionNames(), "*") {
		doc := parse(t, "scp.tf", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:`+named+`:iam::*:root"}}}}`)
		levels := []Level{{Documents: []*policy.Document{doc}, FullAccess: value.Yes}}
		for _, p := range aws.PartitionNames() {
			want := Violated
			if named == p || named == "*" {
				want = Holds
			}
			got := RootMFA(levels, RootOptions{Partitions: []string{p}})
			if got.Class.Verdict() != want {
				t.Errorf("arn:%s:… in %s: %v, want %v", named, p, got.Class, want)
			}
			replaySCP(t, levels, want, got.Witness)
		}
		if named != "*" { // the one that it names is meant
			if got := RootMFA(levels, RootOptions{}); got.Class.Verdict() != Holds {
				t.Errorf("arn:%s:…: %v", named, got.Class)
			}
		}
	}
}

// TestUnknownName: no name stands for that of a user which is not known.
func TestUnknownName(t *testing.T) {
	object := func(key string, v *value.Value) *value.Value { return value.ObjectOf(map[string]*value.Value{key: v}) }
	user := &value.Value{Kind: value.Unknown, Ref: &value.Ref{Type: "aws_iam_user", Attr: "arn", Address: "aws_iam_user.this"}, Why: []value.Reason{{Text: "the user is not known"}}}
	for pattern, want := range map[string]SessionNameClass{"unn*": NameUndetermined, "dev-*": NameUndetermined, "*": NameUnsatisfiable, "*/*": NameMissing} {
		doc, err := policy.Parse(value.ObjectOf(map[string]*value.Value{
			"Version": value.Str("2012-10-17"),
			"Statement": value.ObjectOf(map[string]*value.Value{
				"Effect": value.Str("Allow"), "Action": value.Str(assumeRole), "Principal": object("AWS", user),
				"Condition": object("StringNotLike", object("aws:username", value.Str(pattern))),
			}),
		}))
		if err != nil {
			t.Fatal(err)
		}
		got := SessionName(doc, SessionNameOptions{Account: "111122223333"})
		if got.Class != want {
			t.Errorf("users but %s: %v, want %v (%v)", pattern, got.Class, want, got.Needs)
		}
	}
}
