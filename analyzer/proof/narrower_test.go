package proof

import (
	"math/rand"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func statements(t testing.TB, name, text string) *policy.Document {
	return parse(t, name, `{"Version":"2012-10-17","Statement":[`+text+`]}`)
}

// TestNarrower: what a change allows beside what was allowed is found, wherever it
// is, and that there is nothing is proven.
func TestNarrower(t *testing.T) {
	const allow, deny = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
	const allowMFA = `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	const denyMFA = `{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	const other = `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
	root := func(arn string) string {
		return `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"` + arn + `"}}}`
	}
	trust := func(principal, condition string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole","Condition":{` + condition + `}}`
	}
	stop := func(condition string) string {
		return `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{` + condition + `}}`
	}
	name := func(pattern string) string { return `"StringLike":{"sts:RoleSessionName":"` + pattern + `"}` }
	for _, c := range []struct {
		was, now string
		want     value.Tri
	}{
		{allow, allow, value.Yes},
		{allow, allowMFA, value.Yes},
		{allowMFA, allow, value.No},
		{denyMFA, deny, value.Yes},
		{deny, denyMFA, value.No},
		{allow, allow + "," + deny, value.Yes},
		{allow, allow + "," + other, value.No},
		{allow + "," + deny, allow, value.No},
		{allow, other, value.No},
		{allow, deny, value.Yes},
		// Split into several, and put together.
		{allow, `{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"*"},{"Effect":"Allow","Action":"s3:List*","Resource":"*"}`, value.Yes},
		{`{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","NotAction":"s3:Get*","Resource":"*"}`, `{"Effect":"Allow","Action":"*","Resource":"*"}`, value.Yes},
		{`{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","NotAction":"s3:G*","Resource":"*"}`, `{"Effect":"Allow","Action":"*","Resource":"*"}`, value.No},
		// One account, partition, region or network of many.
		{root("arn:aws:iam::*:root"), root("arn:*:iam::*:root"), value.Yes},
		{root("arn:*:iam::*:root"), root("arn:aws:iam::*:root"), value.No},
		{root("arn:aws:iam::*:root"), root("arn:aws:iam::1*:root"), value.No},
		{root("arn:aws:iam::111122223333:root"), root("arn:aws:iam::1111*:root"), value.Yes},
		{`{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:eu-*:*:*"}`, `{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:eu-west-1:*:*"}`, value.Yes},
		{`{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:eu-west-1:*:*"}`, `{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:eu-*:*:*"}`, value.No},
		{`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["198.51.100.0/24"]}}}`, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["198.51.100.0/25","198.51.100.128/25"]}}}`, value.Yes},
		{`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["198.51.100.0/25"]}}}`, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["198.51.100.0/24"]}}}`, value.No},
		{`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:SourceVpc":"vpc-0a*"}}}`, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:SourceVpc":"vpc-0*"}}}`, value.No},
		// Trust: who, and under which name.
		{trust("111122223333", name("*")), trust("111122223333", name("${aws:username}")), value.Yes},
		{trust("111122223333", name("${aws:username}")), trust("111122223333", name("*")), value.No},
		{trust("111122223333", name("dev-*")), trust("arn:aws:iam::111122223333:user/alice", name("dev-x*")), value.Yes},
		{trust("arn:aws:iam::111122223333:user/alice", name("dev-*")), trust("111122223333", name("dev-x*")), value.No},
		{trust("*", name("dev-*")), trust("*", name("*-dev")), value.No},
		{trust("*", `"StringEquals":{"aws:SourceAccount":"111122223333"}`), trust("*", `"StringLike":{"aws:SourceAccount":"1*"}`), value.No},
		// What no request can carry together counts for nothing.
		{stop(`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringEquals":{"aws:SourceVpc":"vpc-11111111"}`), other, value.No},
		{stop(`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringEquals":{"aws:SourceVpc":"vpc-11111111"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.Yes},
		{stop(`"Null":{"aws:SourceIp":"true","aws:SourceVpc":"true"}`), stop(`"Null":{"aws:SourceIp":"false"}`), value.No}, // a service's request
		{stop(`"Bool":{"aws:MultiFactorAuthPresent":"false"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.Yes},
		{stop(`"NumericLessThan":{"aws:MultiFactorAuthAge":"0"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.Yes},
		{stop(`"Null":{"aws:RequestedRegion":"true"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.Yes},
		{stop(`"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},"NumericGreaterThan":{"aws:EpochTime":"1800000000"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.Yes},
		{stop(`"DateLessThan":{"aws:CurrentTime":"2028-01-01T00:00:00Z"},"NumericGreaterThan":{"aws:EpochTime":"1800000000"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.No},
		{stop(`"StringLike":{"aws:SourceIdentity":"*"},"StringEquals":{"aws:PrincipalType":"User"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.Yes},
		{stop(`"StringLike":{"aws:SourceIdentity":"*"},"StringEquals":{"aws:PrincipalType":"AssumedRole"}`), stop(`"Null":{"aws:SourceIp":"true"}`), value.No},
	} {
		was, now := []*policy.Document{statements(t, "a.json", c.was)}, []*policy.Document{statements(t, "b.json", c.now)}
		got := Narrower(was, now)
		if got.Narrower != c.want {
			t.Errorf("%s, then %s: %v, want %v: %+v, %v", c.was, c.now, got.Narrower, c.want, got.Request, got.Needs)
		}
		if got.Narrower == value.No && !widens(was, now, got.Request) {
			t.Errorf("%s, then %s: %+v of %+v is not it", c.was, c.now, got.Request, got.Request.Caller)
		}
	}
}

// widens says that a request shows that changed policies allow more.
func widens(was, now []*policy.Document, r *policy.Request) bool {
	full := *r
	full.Unlisted = policy.Absent
	before, after := policy.Decide(was, &full), policy.Decide(now, &full)
	return after.Granted == value.Yes && before.Granted == value.No || before.Denied == value.Yes && after.Denied == value.No
}

// TestNarrowerUnknown: what nobody knows is the same where it is written the same,
// and else it cannot be told.
func TestNarrowerUnknown(t *testing.T) {
	of := func(principal *value.Value, condition bool) []*policy.Document {
		statement := map[string]*value.Value{
			"Effect": value.Str("Allow"), "Action": value.Str("sts:AssumeRole"),
			"Principal": value.ObjectOf(map[string]*value.Value{"AWS": principal}),
		}
		if condition {
			statement["Condition"] = value.ObjectOf(map[string]*value.Value{"Bool": value.ObjectOf(map[string]*value.Value{"aws:MultiFactorAuthPresent": value.Str("true")})})
		}
		d, err := policy.Parse(value.ObjectOf(map[string]*value.Value{"Version": value.Str("2012-10-17"), "Statement": value.ListOf(value.ObjectOf(statement))}))
		if err != nil {
			t.Fatal(err)
		}
		return []*policy.Document{d}
	}
	unknown := func(why string) *value.Value {
		return &value.Value{Kind: value.Unknown, Why: []value.Reason{{Text: why}}}
	}
	known := value.Str("arn:aws:iam::111122223333:user/alice")
	for _, c := range []struct {
		name     string
		was, now []*policy.Document
		want     value.Tri
	}{
		{"a condition on somebody unknown", of(unknown("x"), false), of(unknown("x"), true), value.Yes},
		{"no condition on somebody unknown", of(unknown("x"), true), of(unknown("x"), false), value.No},
		{"somebody else", of(unknown("x"), false), of(unknown("y"), false), value.Maybe},
		{"somebody unknown for everybody", of(value.Str("*"), false), of(unknown("y"), false), value.Yes},
		{"somebody known for somebody unknown", of(unknown("x"), false), of(known, false), value.Maybe},
	} {
		got := Narrower(c.was, c.now)
		if got.Narrower != c.want && !(c.want == value.No && got.Narrower == value.Maybe) {
			t.Errorf("%s: %v, want %v: %v", c.name, got.Narrower, c.want, got.Needs)
		}
		if got.Narrower == value.Maybe && len(got.Needs) == 0 {
			t.Errorf("%s: nothing is needed", c.name)
		}
	}
}

// TestRandomNarrower: of random policies no random request shows that more is
// allowed where that is disproved, and what shows it does.
func TestRandomNarrower(t *testing.T) {
	g := generator{rand.New(rand.NewSource(23))}
	count := map[value.Tri]int{}
	for range 300 {
		of, ask := g.trustStatement, func() *policy.Request { return g.assumption(false) }
		if g.Intn(2) == 0 {
			of, ask = g.scpStatement, g.request
		}
		was, now := []*policy.Document{g.policy(t, of, 1+g.Intn(2))}, []*policy.Document{g.policy(t, of, 1+g.Intn(2))}
		if g.Intn(3) > 0 { // a change of one statement
			now[0].Statements = append(now[0].Statements[:1:1], was[0].Statements...)
		}
		got := Narrower(was, now)
		count[got.Narrower]++
		switch got.Narrower {
		case value.No:
			if !widens(was, now, got.Request) {
				t.Fatalf("%+v of %+v is not it:\n%s", got.Request, got.Request.Caller, text(append(was, now...)))
			}
		case value.Yes:
			for range 100 {
				if r := ask(); widens(was, now, r) {
					t.Fatalf("narrower, but not for %+v of %+v:\n%s", r, r.Caller, text(append(was, now...)))
				}
			}
		}
	}
	if count[value.Yes] < 30 || count[value.No] < 30 || count[value.Maybe] > 20 {
		t.Errorf("%v", count)
	}
}
