package policy

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

const account = "111122223333"

func caller(t testing.TB, text string) *Caller {
	t.Helper()
	c, err := ParseCaller(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestImpliedKeys is the table of keys that follow from the caller.
func TestImpliedKeys(t *testing.T) {
	present := ContextValue{Presence: Present}
	either := ContextValue{Presence: Either}
	for _, tt := range []struct {
		caller                               string
		arn, account, kind, username, userid ContextValue
	}{
		{"arn:aws:iam::111122223333:root", One("arn:aws:iam::111122223333:root"), One(account), One("Account"), ContextValue{}, One(account)},
		{"arn:aws-cn:iam::111122223333:user/team/al", One("arn:aws-cn:iam::111122223333:user/team/al"), One(account), One("User"), One("al"), present},
		{"arn:aws:iam::111122223333:role/dev", One("arn:aws:iam::111122223333:role/dev"), One(account), One("AssumedRole"), ContextValue{}, present},
		{"arn:aws:sts::111122223333:assumed-role/dev/al", One("arn:aws:iam::111122223333:role/dev"), One(account), One("AssumedRole"), ContextValue{}, present},
		{"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/al", present, One(account), One("AssumedRole"), ContextValue{}, present},
		{"arn:aws:sts::111122223333:federated-user/al", One("arn:aws:sts::111122223333:federated-user/al"), One(account), One("FederatedUser"), ContextValue{}, One(account + ":al")},
		{"anonymous", ContextValue{}, ContextValue{}, One("Anonymous"), ContextValue{}, One("anonymous")},
		{"ec2.amazonaws.com", either, either, either, ContextValue{}, either},
	} {
		r := &Request{Caller: caller(t, tt.caller)}
		for key, want := range map[string]ContextValue{
			"aws:PrincipalArn": tt.arn, "AWS:principalaccount": tt.account, "aws:PrincipalType": tt.kind, "aws:userName": tt.username, "aws:userid": tt.userid,
			"aws:MultiFactorAuthPresent": {},
		} {
			if got := r.Lookup(key); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s of %s: %+v, want %+v", key, tt.caller, got, want)
			}
		}
		given := r.With("AWS:USERID", One("given"))
		if got := given.Lookup("aws:userid"); len(got.Values) != 1 || got.Values[0] != "given" {
			t.Errorf("%s: what the context gives does not count: %+v", tt.caller, got)
		}
	}
	role := &Request{Caller: &Caller{Kind: RoleCaller, Account: account, Name: "dev", Session: "al", ID: "AROAEXAMPLE"}}
	if got := role.Lookup("aws:userid"); fmt.Sprint(got) != fmt.Sprint(One("AROAEXAMPLE:al")) {
		t.Errorf("userid of a role session: %+v", got)
	}
	if got := (&Request{}).Lookup("aws:PrincipalArn"); got.Presence != Either {
		t.Errorf("of an unknown caller: %+v", got)
	}
	for _, bad := range []string{"", "alice", "111122223333", "arn:aws:s3:::b", "arn:aws:iam::1:root", "arn:aws:iam::111122223333:group/x", "arn:aws:iam::111122223333:user/"} {
		if c, err := ParseCaller(bad); err == nil {
			t.Errorf("%q is a caller: %+v", bad, c)
		}
	}
}

func TestPrincipals(t *testing.T) {
	users := []string{
		"arn:aws:iam::111122223333:root",
		"arn:aws:iam::111122223333:user/al",
		"arn:aws:iam::111122223333:role/dev",
		"arn:aws:sts::111122223333:assumed-role/dev/al",
		"arn:aws:sts::111122223333:federated-user/al",
		"arn:aws:iam::444455556666:user/al",
		"ec2.amazonaws.com",
		"arn:aws:iam::111122223333:saml-provider/idp",
		"anonymous",
	}
	const T, F, U = True, False, Unknown
	for _, tt := range []struct {
		principal string
		class     PrincipalClass
		want      [9]Tri
	}{
		{`"*"`, AnyPrincipal, [9]Tri{T, T, T, T, T, T, T, T, T}},
		{`{"AWS": "*"}`, AnyPrincipal, [9]Tri{T, T, T, T, T, T, U, U, T}},
		{`{"AWS": "111122223333"}`, AccountPrincipal, [9]Tri{T, T, T, T, T, F, F, F, F}},
		{`{"AWS": "arn:aws:iam::111122223333:root"}`, AccountPrincipal, [9]Tri{T, T, T, T, T, F, F, F, F}},
		{`{"AWS": "arn:aws-cn:iam::111122223333:root"}`, AccountPrincipal, [9]Tri{F, F, F, F, F, F, F, F, F}},
		{`{"AWS": "arn:aws:iam::111122223333:user/al"}`, UserPrincipal, [9]Tri{F, T, F, F, U, F, F, F, F}},
		{`{"AWS": "arn:aws:iam::111122223333:user/AL"}`, UserPrincipal, [9]Tri{F, F, F, F, U, F, F, F, F}},
		{`{"AWS": "arn:aws:iam::111122223333:role/dev"}`, RolePrincipal, [9]Tri{F, F, T, T, F, F, F, F, F}},
		{`{"AWS": "arn:aws:sts::111122223333:assumed-role/dev/al"}`, AssumedRolePrincipal, [9]Tri{F, F, U, T, F, F, F, F, F}},
		{`{"AWS": "arn:aws:sts::111122223333:federated-user/al"}`, FederatedUserPrincipal, [9]Tri{F, F, F, F, T, F, F, F, F}},
		{`{"AWS": "AIDAIOSFODNN7EXAMPLE"}`, UniqueIDPrincipal, [9]Tri{F, F, F, F, F, F, F, F, F}},
		{`{"Service": "ec2.amazonaws.com"}`, ServicePrincipal, [9]Tri{F, F, F, F, F, F, T, F, F}},
		{`{"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}`, FederatedPrincipal, [9]Tri{F, F, F, F, F, F, F, T, F}},
		{`{"CanonicalUser": "0123456789abcdef"}`, CanonicalUserPrincipal, [9]Tri{U, U, U, U, U, U, F, F, F}},
		{`{"AWS": "arn:aws:iam::‹›:root"}`, AccountPrincipal, [9]Tri{U, U, U, U, U, U, F, F, F}},
		{`{"AWS": "arn:‹›:iam::111122223333:user/‹›"}`, UserPrincipal, [9]Tri{F, U, F, F, U, F, F, F, F}},
		{`{"AWS": "arn:aws:iam::111122223333:role/‹›"}`, RolePrincipal, [9]Tri{F, F, U, U, F, F, F, F, F}},
		{`{"AWS": "‹›"}`, UnknownPrincipal, [9]Tri{}},
		{`{"Service": "‹›"}`, ServicePrincipal, [9]Tri{F, F, F, F, F, F, U, F, F}},
	} {
		d, err := Parse(withHoles(`{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": ` + tt.principal + `}}`))
		if err != nil || d.Malformed() || len(d.Statements[0].Principals) != 1 {
			t.Errorf("%s: %v, %+v", tt.principal, err, d)
			continue
		}
		if got := d.Statements[0].Principals[0].Class; got != tt.class {
			t.Errorf("%s is %s, want %s", tt.principal, got, tt.class)
		}
		for i, u := range users {
			if got := d.Statements[0].AdmitsCaller(caller(t, u)); got != tt.want[i] {
				t.Errorf("%s for %s: %v, want %v", tt.principal, u, got, tt.want[i])
			}
		}
	}
}

// TestReferredPrincipals: a reference tells the class of an unknown text.
func TestReferredPrincipals(t *testing.T) {
	for ref, want := range map[value.Ref]PrincipalClass{
		{Type: "aws_iam_user", Attr: "arn"}:                           UserPrincipal,
		{Type: "aws_iam_role", Attr: "arn"}:                           RolePrincipal,
		{Type: "aws_iam_role", Attr: "arn", Data: true}:               RolePrincipal,
		{Type: "aws_caller_identity", Attr: "account_id", Data: true}: AccountPrincipal,
		{Type: "aws_caller_identity", Attr: "arn", Data: true}:        UnknownPrincipal,
		{Type: "aws_iam_user", Attr: "name"}:                          UnknownPrincipal,
	} {
		v := hole()
		v.Ref = &ref
		for _, principal := range []*value.Value{v, {Kind: value.String, Parts: []value.Part{{Hole: v}}}} {
			p, problem := newPrincipal("AWS", principal)
			if p.Class != want || problem != "" {
				t.Errorf("%s.%s is %s (%s), want %s", ref.Type, ref.Attr, p.Class, problem, want)
			}
		}
	}
}

// TestNotPrincipal: an exemption counts where everything that AWS wants named
// is named.
func TestNotPrincipal(t *testing.T) {
	const al, dev = "arn:aws:iam::111122223333:user/al", "arn:aws:sts::111122223333:assumed-role/dev/al"
	for _, tt := range []struct {
		list   string
		caller string
		want   Tri
	}{
		{`"arn:aws:iam::111122223333:user/al"`, al, Unknown},
		{`["111122223333", "arn:aws:iam::111122223333:user/al"]`, al, False},
		{`["111122223333", "arn:aws:iam::111122223333:user/bo"]`, al, Unknown},
		{`"arn:aws:iam::444455556666:user/al"`, al, True},
		{`["111122223333", "arn:aws:iam::111122223333:role/dev"]`, dev, Unknown},
		{`["111122223333", "arn:aws:iam::111122223333:role/dev", "arn:aws:sts::111122223333:assumed-role/dev/al"]`, dev, False},
		{`"111122223333"`, "arn:aws:iam::111122223333:root", False},
	} {
		d := mustParse(t, `{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": `+tt.list+`}}}`)
		if got := d.Statements[0].AdmitsCaller(caller(t, tt.caller)); got != tt.want {
			t.Errorf("NotPrincipal %s for %s: %v, want %v", tt.list, tt.caller, got, tt.want)
		}
	}
}

func TestIPSet(t *testing.T) {
	set := func(list ...string) IPSet {
		var ps []netip.Prefix
		for _, s := range list {
			p, err := ParseCIDR(s)
			if err != nil {
				t.Fatal(err)
			}
			ps = append(ps, p)
		}
		return NewIPSet(ps...)
	}
	if s := set("0.0.0.0/1", "128.0.0.0/1", "::/0"); !s.Complement().Empty() || !s.Equal(set("::/0", "0.0.0.0/0")) {
		t.Errorf("halves are not the whole: %v", s.Prefixes())
	}
	s := set("198.51.100.0/25", "198.51.100.128/25", "198.51.100.7", "2001:db8::/32")
	if got := fmt.Sprint(s.Prefixes()); got != "[198.51.100.0/24 2001:db8::/32]" {
		t.Error(got)
	}
	if !s.Complement().Complement().Equal(s) || !s.Minus(s).Empty() || !s.Union(s.Complement()).Complement().Empty() {
		t.Error("complement is not its own inverse")
	}
	for _, v6 := range []bool{false, true} {
		if a, ok := s.Complement().Witness(v6); !ok || s.Contains(a) || Reserved(a) || a.Is6() != v6 {
			t.Errorf("outside: %v, %v", a, ok)
		}
		if a, ok := s.Witness(v6); !ok || !s.Contains(a) || a.Is6() != v6 {
			t.Errorf("inside: %v, %v", a, ok)
		}
	}
	if a, ok := set("10.0.0.0/8").Witness(false); !ok || a.String() != "10.0.0.0" {
		t.Errorf("a private set: %v, %v", a, ok)
	}
	if _, ok := set("10.0.0.0/8").Witness(true); ok {
		t.Error("an IPv6 address in an IPv4 set")
	}
	if got := fmt.Sprint(set("255.255.255.255", "0.0.0.0").Complement().Minus(set("::/0")).Prefixes()[0]); got != "0.0.0.1/32" {
		t.Error(got)
	}
}
