package proof

import (
	"encoding/json"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// generator makes random policies out of what people write.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.Intn(len(list))] }

func (g generator) some(list ...string) any {
	if g.Intn(2) == 0 {
		return g.pick(list...)
	}
	var out []string
	for range 1 + g.Intn(3) {
		out = append(out, g.pick(list...))
	}
	return out
}

type object = map[string]any

func (g generator) scpStatement() object {
	s := object{"Effect": "Deny", "Resource": "*"}
	if g.Intn(4) == 0 {
		s["NotAction"] = g.some("iam:EnableMFADevice", "iam:ListMFADevices", "s3:*", "iam:Get*", "iam:CreateUser", "sts:GetSessionToken", "*:Describe*")
	} else {
		s["Action"] = g.some("*", "*", "*", "iam:*", "s3:*", "ec2:Run*", "*:Create*", "iam:C*")
	}
	if g.Intn(4) == 0 {
		delete(s, "Resource")
		s[g.pick("Resource", "NotResource")] = g.some("arn:aws:s3:::a*", "arn:aws:s3:::*", "arn:aws:iam::*:user/*", "*")
	}
	c := object{}
	for range g.Intn(4) {
		op, key, values := g.scpCondition()
		if c[op] == nil {
			c[op] = object{}
		}
		c[op].(object)[key] = values
	}
	if len(c) > 0 {
		s["Condition"] = c
	}
	return s
}

func (g generator) scpCondition() (op, key string, values any) {
	switch g.Intn(7) {
	case 0:
		return g.pick("ArnLike", "ArnNotLike", "StringLike", "StringEquals", "StringNotLike"), "aws:PrincipalArn", g.some("arn:aws:iam::*:root", "arn:*:iam::*:root", "arn:aws:iam::*:role/x", "*")
	case 1, 2:
		return g.pick("Bool", "BoolIfExists", "BoolIfExists", "Null"), "aws:MultiFactorAuthPresent", g.some("true", "false", "false")
	case 3:
		return g.pick("NotIpAddress", "NotIpAddressIfExists", "IpAddress"), "aws:SourceIp", g.some("198.51.100.0/24", "203.0.113.0/24", "0.0.0.0/0", "2001:db8::/32", "10.0.0.0/8")
	case 4:
		return g.pick("StringEquals", "StringNotEquals", "StringNotEqualsIfExists", "Null"), "aws:SourceVpc", g.some("vpc-own", "true", "false")
	case 5:
		return g.pick("Bool", "BoolIfExists"), "aws:ViaAWSService", g.pick("true", "false")
	}
	return g.pick("StringEquals", "StringNotEquals", "StringLike"), g.pick("aws:RequestedRegion", "aws:PrincipalTag/a", "s3:x-amz-acl", "aws:PrincipalType"), g.some("eu-*", "eu-west-1", "Account", "x")
}

func (g generator) policy(t testing.TB, statement func() object, n int) *policy.Document {
	var list []object
	for range n {
		list = append(list, statement())
	}
	b, err := json.Marshal(object{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, "random.json", string(b))
}

// request is a random request of root without MFA, made directly.
func (g generator) request() *policy.Request {
	r := &policy.Request{
		Caller:   &policy.Caller{Kind: policy.RootCaller, Account: "123456789012"},
		Action:   g.pick("iam:CreateUser", "s3:GetObject", "s3:PutObject", "ec2:RunInstances", "kms:Decrypt", "iam:PassRole", "dynamodb:DescribeTable", "other:Thing"),
		Resource: "*",
		Context:  map[string]policy.ContextValue{"aws:ViaAWSService": policy.One("false"), "aws:PrincipalIsAWSService": policy.One("false")},
	}
	switch serviceOf(r.Action) {
	case "s3":
		r.Resource = g.pick("arn:aws:s3:::a/x", "arn:aws:s3:::b/x")
		r.Context["s3:x-amz-acl"] = policy.One(g.pick("", "x", "public-read"))
	case "iam":
		r.Resource = "arn:aws:iam::123456789012:" + g.pick("user/x", "role/x")
	}
	if g.Intn(2) == 0 {
		r.Context["aws:MultiFactorAuthPresent"] = policy.One("false")
	}
	switch g.Intn(4) {
	case 0:
		r.Context["aws:SourceVpc"] = policy.One(g.pick("vpc-own", "vpc-other"))
	default:
		r.Context["aws:SourceIp"] = policy.One(g.pick("198.51.100.9", "203.0.113.77", "8.8.8.8", "2001:db8::5", "2a00::1"))
	}
	r.Context["aws:RequestedRegion"] = policy.One(g.pick("us-east-1", "eu-west-1", "eu-north-1"))
	return r
}

// TestRandomRoot: what is proven of random policies no random request breaks,
// every witness replays, and policies that are wholly known get a verdict.
func TestRandomRoot(t *testing.T) {
	g := generator{rand.New(rand.NewSource(7))}
	count := map[RootClass]int{}
	for range 600 {
		docs := []*policy.Document{g.policy(t, g.scpStatement, 1+g.Intn(3)), g.policy(t, g.scpStatement, 1+g.Intn(2))}
		levels := []Level{{Documents: docs, FullAccess: value.Yes}}
		got := RootMFA(levels, RootOptions{Account: "123456789012", Partitions: []string{"aws"}})
		count[got.Class]++
		switch got.Class.Verdict() {
		case Violated:
			replaySCP(t, levels, Violated, got.Witness)
		case Holds:
			for range 60 {
				r := g.request()
				if policy.Decide(docs, r).Denied != value.Yes {
					t.Fatalf("%v, but %s passes with %v:\n%s", got.Class, r.Action, r.Context, text(docs))
				}
			}
		default:
			if len(got.Needs) == 0 || !contested(docs) {
				t.Errorf("undetermined: %v\n%s", got.Needs, text(docs))
			}
		}
	}
	for _, c := range []RootClass{RootDenied, MFAEnforced, RootPartial, RootNone} {
		if count[c] < 2 {
			t.Errorf("only %d of class %v", count[c], c)
		}
	}
}

// contested says that a policy uses what AWS does not document.
func contested(docs []*policy.Document) bool {
	return slices.ContainsFunc(docs, func(d *policy.Document) bool {
		return slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool {
			return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
				for _, p := range c.Values {
					if c.Operator.Family == policy.ARNFamily && strings.Count(p.String(), ":") < 5 || c.Operator.Family == policy.NullFamily {
						return true
					}
				}
				return false
			})
		})
	})
}

func text(docs []*policy.Document) string {
	var b strings.Builder
	for _, d := range docs {
		b.WriteString(d.Value.Span.Text() + "\n")
	}
	return b.String()
}

// TestRandomSourceIP: the same for networks.
func TestRandomSourceIP(t *testing.T) {
	g := generator{rand.New(rand.NewSource(11))}
	count := map[Verdict]int{}
	for range 400 {
		docs := []*policy.Document{g.policy(t, g.scpStatement, 1+g.Intn(3))}
		levels := []Level{{Documents: docs, FullAccess: value.Yes}}
		got := SourceIP(levels, SourceIPOptions{Account: "123456789012", Partitions: []string{"aws"}})
		count[got.Class.Verdict()]++
		switch got.Class.Verdict() {
		case Violated:
			if got.Class != IPMalformed {
				replaySCP(t, levels, Violated, got.Witness)
			}
		case Holds:
			for range 60 {
				r := g.request()
				r.Context["aws:MultiFactorAuthPresent"] = policy.One(g.pick("true", "false", ""))
				if source := r.Context["aws:SourceIp"]; source.Presence == policy.Known && listed(got.Networks, source.Values[0]) {
					continue
				}
				if r.Context["aws:SourceVpc"].Presence == policy.Known && (r.Context["aws:SourceVpc"].Values[0] == "vpc-own" || got.Class == IPLockout) {
					continue
				}
				if policy.Decide(docs, r).Denied != value.Yes {
					t.Fatalf("%v, but %s passes with %v:\n%s", got.Class, r.Action, r.Context, text(docs))
				}
			}
		}
	}
	if count[Holds] < 8 || count[Violated] < 100 {
		t.Errorf("%v", count)
	}
}

func listed(networks []netip.Prefix, address string) bool {
	a := netip.MustParseAddr(address)
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

func (g generator) trustStatement() object {
	s := object{
		"Effect":    g.pick("Allow", "Allow", "Allow", "Deny"),
		"Principal": object{"AWS": g.some("111122223333", "*", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/dev", "arn:aws:iam::999999999999:root")},
		"Action":    g.some("sts:AssumeRole", "sts:AssumeRole", "sts:*", "sts:SetSourceIdentity", "sts:TagSession"),
	}
	c := object{}
	for range g.Intn(3) {
		var op, key string
		var values any
		switch g.Intn(5) {
		case 0, 1, 2:
			op, key = g.pick("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists"), g.pick("sts:RoleSessionName", "sts:RoleSessionName", "sts:SourceIdentity")
			values = g.some("${aws:username}", "${aws:username}", "ci", "${aws:username}*", "*", "x-${aws:username}", "${aws:PrincipalTag/n}", "??*")
		case 3:
			op, key, values = g.pick("StringEquals", "StringNotEquals"), "aws:PrincipalType", g.some("User", "AssumedRole")
		default:
			op, key, values = g.pick("ArnLike", "ArnNotLike"), "aws:PrincipalArn", g.some("arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:user/alice")
		}
		if c[op] == nil {
			c[op] = object{}
		}
		c[op].(object)[key] = values
	}
	if len(c) > 0 {
		s["Condition"] = c
	}
	return s
}

// TestRandomSessionName: under a policy that binds names, nobody assumes the
// role under a name of their own choosing, and every witness replays.
func TestRandomSessionName(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	g := generator{rand.New(rand.NewSource(13))}
	count := map[SessionNameClass]int{}
	for range 900 {
		doc := g.policy(t, g.trustStatement, 1+g.Intn(3))
		got := SessionName(doc, SessionNameOptions{Account: "111122223333"})
		count[got.Class]++
		if got.Witness != nil && doc.Decide(got.Witness.Request).Allowed != value.Yes {
			t.Fatalf("the witness is not allowed: %s\n%s", got.Witness.Words, text([]*policy.Document{doc}))
		}
		if got.Class.Verdict() == Violated && got.Witness == nil {
			t.Fatalf("%v has no witness\n%s", got.Class, text([]*policy.Document{doc}))
		}
		if got.Class == NameUndetermined {
			t.Fatalf("undetermined: %v\n%s", got.Needs, text([]*policy.Document{doc}))
		}
		if got.Class != NameBound && got.Class != NameUnsatisfiable {
			continue
		}
		for range 60 {
			caller := &policy.Caller{Kind: policy.UserCaller, Account: g.pick("111122223333", "999999999999", "555555555555"), Name: g.pick("alice", "carol", "x-alice"), ID: "AIDAX"}
			if g.Intn(2) == 0 {
				caller = &policy.Caller{Kind: policy.RoleCaller, Account: caller.Account, Name: g.pick("dev", "other"), Session: "s", ID: "AROAX"}
			}
			name := g.pick("ci", "carolx", "root", "mallory", "x-carol-y", "zz")
			r := &policy.Request{Caller: caller, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/r", Context: map[string]policy.ContextValue{
				"sts:RoleSessionName": policy.One(name), "aws:PrincipalTag/n": policy.One(g.pick("", "tag-of-mine")),
			}}
			if doc.Decide(r).Allowed == value.Yes {
				t.Fatalf("%v, but %s may be called %s:\n%s", got.Class, caller.ARN(), name, text([]*policy.Document{doc}))
			}
		}
	}
	for _, c := range []SessionNameClass{NameBound, NameUnsatisfiable, NameWeak, NameMissing, NameVacuous, NameConstant} {
		if count[c] < 2 {
			t.Errorf("only %d of class %v: %v", count[c], c, count)
		}
	}
}

// TestRandomRequires: under a policy that imposes a condition nobody assumes the
// role who does not meet it, and every witness replays without meeting it.
func TestRandomRequires(t *testing.T) {
	g := generator{rand.New(rand.NewSource(17))}
	users := Asked{Kinds: []policy.CallerKind{policy.UserCaller}}
	count := map[Verdict]int{}
	for range 900 {
		doc := g.policy(t, g.trustStatement, 1+g.Intn(3))
		required := []Required{
			{"StringEquals", "sts:RoleSessionName", []string{"${aws:username}"}},
			{"StringLike", "sts:RoleSessionName", []string{"ci", "${aws:username}*"}},
			{"StringEquals", "sts:SourceIdentity", []string{"${aws:username}"}},
			{"StringLike", "sts:SourceIdentity", []string{"?*"}},
			{"StringEquals", "aws:PrincipalType", []string{"User"}},
			{"ArnLike", "aws:PrincipalArn", []string{"arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:user/alice"}},
		}[g.Intn(6)]
		of := []Asked{{}, users}[g.Intn(2)]
		got, err := Requires(doc, required, of, SessionNameOptions{Account: "111122223333"})
		if err != nil {
			t.Fatal(err)
		}
		unless, _ := required.document()
		count[got.Verdict]++
		switch got.Verdict {
		case Violated:
			if doc.Decide(got.Witness.Request).Allowed != value.Yes || unless.Decide(got.Witness.Request).Denied != value.No {
				t.Fatalf("%s: the witness is not allowed, or meets it: %s\n%s", required, got.Witness.Words, text([]*policy.Document{doc}))
			}
		case Undetermined:
			t.Fatalf("%s: undetermined: %v\n%s", required, got.Needs, text([]*policy.Document{doc}))
		case Holds:
			for range 60 {
				if r := g.assumption(of.Kinds != nil); doc.Decide(r).Allowed == value.Yes && unless.Decide(r).Denied != value.Yes {
					t.Fatalf("%s holds, but not of %s with %v:\n%s", required, r.Caller.ARN(), r.Context, text([]*policy.Document{doc}))
				}
			}
		}
	}
	for _, v := range []Verdict{Violated, Holds} {
		if count[v] < 50 {
			t.Errorf("only %d of %v: %v", count[v], v, count)
		}
	}
}

// assumption is a random request to assume a role.
func (g generator) assumption(byUser bool) *policy.Request {
	caller := &policy.Caller{Kind: policy.UserCaller, Account: g.pick("111122223333", "999999999999", "555555555555"), Name: g.pick("alice", "carol", "x-alice"), ID: "AIDAX"}
	if !byUser && g.Intn(2) == 0 {
		caller = &policy.Caller{Kind: policy.RoleCaller, Account: caller.Account, Name: g.pick("dev", "other"), Session: "s", ID: "AROAX"}
	}
	return &policy.Request{Caller: caller, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/r", Context: map[string]policy.ContextValue{
		"sts:RoleSessionName": policy.One(g.pick("ci", "carolx", "alice", "carol", "x-alice", "x-carol", "zz")), "aws:PrincipalTag/n": policy.One(g.pick("", "tag-of-mine")),
	}}
}
