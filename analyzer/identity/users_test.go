package identity

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// text makes a string of literals and, for "?", holes.
func text(parts ...string) *value.Value {
	v := &value.Value{Kind: value.String}
	for _, p := range parts {
		if p == "?" {
			v.Parts = append(v.Parts, value.Part{Hole: &value.Value{}})
		} else {
			v.Parts = append(v.Parts, value.Part{Text: source.Computed(p, source.Span{})})
		}
	}
	return v
}

// What a value may name is never ruled out while something could make it so.
func TestMayName(t *testing.T) {
	either := &value.Value{Candidates: []*value.Value{value.Str("alice"), value.Str("bob")}}
	for _, c := range []struct {
		v, name *value.Value
		want    value.Tri
	}{
		{value.Str("alice"), value.Str("Alice"), value.Yes},
		{value.Str("alice"), value.Str("alicia"), value.No},
		{&value.Value{}, value.Str("alice"), value.Maybe},
		{value.Str("alice"), &value.Value{}, value.Maybe},
		{&value.Value{}, &value.Value{}, value.Maybe},
		{text("ci-", "?"), value.Str("CI-deploy"), value.Maybe},
		{text("ci-", "?"), value.Str("deploy-ci-"), value.No},
		{text("?", "-ci"), value.Str("deploy-ci"), value.Maybe},
		{text("?", "-ci"), value.Str("ci"), value.No},
		{text("a", "?", "b", "?", "c"), value.Str("aXbYc"), value.Maybe},
		{text("a", "?", "b", "?", "c"), value.Str("aXcYb"), value.No},
		{text("?", "a"), value.Str("aXa"), value.Maybe},
		{text("?", "?"), value.Str(""), value.Maybe},
		{value.Str("ci-deploy"), text("ci-", "?"), value.Maybe},
		{value.Str("deploy"), text("ci-", "?"), value.No},
		{either, value.Str("BOB"), value.Maybe},
		{either, value.Str("carla"), value.No},
		{&value.Value{Candidates: []*value.Value{value.Str("bob"), value.Str("BOB")}}, value.Str("Bob"), value.Yes},
	} {
		if got := mayName(c.v, c.name); got != c.want {
			t.Errorf("%v is %v: %s, want %s", c.v.Parts, c.name.Parts, got, c.want)
		}
	}
}

// AWS's own policies are policies, and allow what they are for.
func TestManagedPolicies(t *testing.T) {
	for name, p := range managedPolicies {
		doc := managedPolicy(name)
		if doc.Malformed() || doc.Open {
			t.Errorf("%s: %v", name, doc.Problems)
		}
		if p.whole == (len(doc.Statements) > 0 && doc.Statements[len(doc.Statements)-1].Open) {
			t.Errorf("%s: whole is %v", name, p.whole)
		}
		if doc.Statements[0].Sid != name {
			t.Errorf("%s: its statements are called %q", name, doc.Statements[0].Sid)
		}
	}
	if doc := managedPolicy("AmazonBraketFullAccess"); len(doc.Statements) != 1 || !doc.Statements[0].Open {
		t.Error("a policy that is not in the table has to be an unknown Allow")
	}
	if doc := managedPolicy("AWSCompromisedKeyQuarantineV3"); !doc.Open {
		t.Error("a policy that denies, and is not in the table, may deny anything")
	}
	doc := managedPolicy("AdministratorAccess")
	if doc.Statements[0].AdmitsAction("iam:CreateUser") != value.Yes {
		t.Error("AdministratorAccess does not allow iam:CreateUser")
	}
}

// A part of an ARN that is not known leaves the policy known, as long as its
// name is.
func TestARNText(t *testing.T) {
	for _, c := range []struct {
		v    *value.Value
		want string
	}{
		{value.Str("arn:aws:iam::aws:policy/ReadOnlyAccess"), "arn:aws:iam::aws:policy/ReadOnlyAccess"},
		{text("arn:", "?", ":iam::aws:policy/ReadOnlyAccess"), "arn:*:iam::aws:policy/ReadOnlyAccess"},
		{text("arn:aws:iam::", "?", ":policy/team/own"), "arn:aws:iam::*:policy/team/own"},
		{text("arn:aws:iam::aws:policy/", "?"), ""},
		{text("?"), ""},
		{value.Str("ReadOnlyAccess"), ""},
	} {
		if got := arnText(c.v); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
