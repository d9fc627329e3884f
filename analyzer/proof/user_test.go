package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

func TestUserMFA(t *testing.T) {
	const (
		all      = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
		enforce  = `{"Effect": "Deny", "NotAction": ["iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`
		withMFA  = `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`
		password = `{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/${aws:username}"}`
		tagged   = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "StringNotEquals": {"aws:PrincipalTag/kind": "machine"}}}`
		named    = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "StringNotEquals": {"aws:username": "breakglass"}}}`
		placed   = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/ops/*"}}}`
		own      = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "StringEquals": {"aws:username": "?aws_iam_user.name"}}}`
		others   = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "StringNotEquals": {"aws:username": "?aws_iam_user.name"}}}`
		foreign  = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}`
		itself   = `{"Effect": "Allow", "Action": "iam:*", "Resource": "?aws_iam_user.arn"}`
	)
	doc := func(statements ...string) *policy.Document {
		text := statements[0]
		for _, s := range statements[1:] {
			text += "," + s
		}
		return partly(t, `{"Version": "2012-10-17", "Statement": [`+text+`]}`)
	}
	// name is one of which parts are known, "" being one that is not.
	name := func(parts ...string) *value.Value {
		v := &value.Value{Kind: value.String}
		for _, p := range parts {
			if p == "" {
				v.Parts = append(v.Parts, value.Part{Hole: value.UnknownBecause("var.x has no value", source.Span{})})
			} else {
				v.Parts = append(v.Parts, value.Part{Text: source.Computed(p, source.Span{})})
			}
		}
		return v
	}
	oneOf := func(texts ...string) *value.Value {
		v := value.UnknownBecause("var.x has no value", source.Span{})
		for _, s := range texts {
			v.Candidates = append(v.Candidates, value.Str(s))
		}
		return v
	}
	self := value.Ref{Root: ".", Address: "aws_iam_user.x", Type: "aws_iam_user"}
	docs := func(list ...*policy.Document) []*policy.Document { return list }
	unknown := &policy.Document{Open: true, Value: value.UnknownBecause("the policy is not in this scan", source.Span{})}
	for _, tt := range []struct {
		name string
		user User
		want UserClass
	}{
		{"a policy that is not known changes no Deny", User{Name: "a", Documents: docs(doc(all, enforce), unknown)}, Enforced},
		{"a policy that is not known may allow more", User{Name: "a", Documents: docs(doc(withMFA), unknown)}, UserUndetermined},
		{"a policy that is not known may deny", User{Name: "a", Documents: docs(doc(all), unknown)}, UserUndetermined},
		{"a boundary that asks for MFA", User{Name: "a", Documents: docs(doc(all)), Boundary: doc(withMFA)}, Enforced},
		{"a boundary that allows all", User{Name: "a", Documents: docs(doc(all)), Boundary: doc(all)}, UserNone},
		{"a boundary that is not known", User{Name: "a", Documents: docs(doc(all)), Boundary: unknown}, UserUndetermined},
		{"an SCP that asks for MFA", User{Name: "a", Documents: docs(doc(all)), SCPs: []Level{{Documents: docs(doc(enforce)), FullAccess: value.Yes}}}, Enforced},
		{"only one's password", User{Name: "a", Documents: docs(doc(password))}, Enforced},
		{"nothing", User{Name: "a"}, Enforced},
		{"a tag that exempts, not given", User{Name: "a", Documents: docs(doc(all, tagged))}, Enforced},
		{"a tag that exempts", User{Name: "a", Documents: docs(doc(all, tagged)), Tags: map[string]string{"Kind": "machine"}}, UserNone},
		{"a tag that may be there", User{Name: "a", Documents: docs(doc(all, tagged)), TagsOpen: true}, UserUndetermined},
		{"the user who is exempt", User{Name: "breakglass", Documents: docs(doc(all, named))}, UserNone},
		{"a user whose name is not known", User{Documents: docs(doc(all, named))}, UserUndetermined},
		{"all names that are possible are exempt", User{NameLike: name("breakglass"), Documents: docs(doc(all, named))}, UserNone},
		{"no name that is possible is exempt", User{NameLike: name("dev-", "", "-bot"), Documents: docs(doc(all, named))}, Enforced},
		{"a name that is possible is exempt", User{NameLike: name("break", ""), Documents: docs(doc(all, named))}, UserUndetermined},
		{"one of two names, of which none is exempt", User{NameLike: oneOf("a", "b"), Documents: docs(doc(all, named))}, Enforced},
		{"one of two names, of which one is exempt", User{NameLike: oneOf("a", "breakglass"), Documents: docs(doc(all, named))}, UserUndetermined},
		{"a path that is possible is exempt", User{Name: "a", PathUnknown: true, PathLike: name("/team/", "", "/"), Documents: docs(doc(all, placed))}, UserUndetermined},
		{"no path that is possible is exempt", User{Name: "a", PathUnknown: true, PathLike: name("/people/", "", "/"), Documents: docs(doc(all, placed))}, Enforced},
		{"a Deny of the user by its own name, whichever it is", User{Self: self, Documents: docs(doc(all, own))}, Enforced},
		{"a Deny of everybody else", User{Self: self, Documents: docs(doc(all, others))}, UserNone},
		{"a Deny of a user who may be another", User{Documents: docs(doc(all, own))}, UserUndetermined},
		{"an account that is not known, and makes a difference", User{Name: "a", Self: self, Documents: docs(doc(all, itself, foreign))}, UserUndetermined},
		{"what it may do to itself, whichever it is", User{Self: self, NameLike: name("dev-", ""), Documents: docs(doc(itself))}, UserNone},
		{"an action that is not known may be exempt", User{Name: "a", Documents: docs(doc(all, `{"Effect": "Deny", "NotAction": ["sts:GetSessionToken", "?"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`))}, UserUndetermined},
	} {
		got := UserMFA(tt.user)
		if got.Class != tt.want {
			t.Errorf("%s: %v, want %v; witness %+v, needs %v", tt.name, got.Class, tt.want, got.Witness, got.Needs)
		}
		if got.Class == UserUndetermined && len(got.Needs) == 0 {
			t.Errorf("%s: nothing is needed", tt.name)
		}
	}
	if got := UserMFA(User{Name: "a"}); !got.Idle {
		t.Error("a user without policies is not idle")
	}
	for statement, same := range map[string]bool{
		`{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}`:                                                                                   true,
		`{"Effect": "Allow", "Action": ["iam:GetUser", "iam:ListUsers"], "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`: false,
	} {
		if got := UserMFA(User{Name: "a", Documents: docs(doc(statement))}); !got.LocksOut || got.Idle || got.SameWithMFA != same {
			t.Errorf("%s: %+v", statement, got)
		}
	}
	if got := UserMFA(User{Name: "a", Documents: docs(doc(all, `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`))}); !got.LocksOut {
		t.Error("a user who cannot enrol a device is not locked out")
	}
	if got := UserMFA(User{Name: "a", Documents: docs(doc(password))}); len(got.Tolerated) == 0 {
		t.Error("the password may be changed without MFA, and nothing says so")
	}
}
