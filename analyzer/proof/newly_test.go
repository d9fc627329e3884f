package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func rulesOf(t testing.TB, name, policies, boundary string) Rules {
	out := Rules{Levels: []RuleLevel{{Name: "policies"}}}
	if policies != "" {
		out.Levels[0].Documents = []*policy.Document{statements(t, name, policies)}
	}
	if boundary != "" {
		out.Levels = append(out.Levels, RuleLevel{Name: "boundary", Documents: []*policy.Document{statements(t, name+" boundary", boundary)}})
	}
	return out
}

// allowedBy replays a request.
func allowedBy(r Rules, request *policy.Request) value.Tri {
	out := value.Yes
	for _, l := range r.Levels {
		d := policy.Decide(l.Documents, request)
		out = out.And(d.Denied.Not())
		if !l.Full {
			out = out.And(d.Granted)
		}
	}
	return out
}

// TestNewlyAllowed: what a change lets somebody do is found where it is, what it only seems
// to is not named, and each request that is told is one.
func TestNewlyAllowed(t *testing.T) {
	const (
		s3    = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		get   = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
		ec2   = `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
		all   = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		noS3  = `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
		noMFA = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`
	)
	role := Requests{Kinds: []policy.CallerKind{policy.RoleCaller}, Account: "111122223333", Name: "ci"}
	user := Requests{Kinds: []policy.CallerKind{policy.UserCaller}, Account: "111122223333", Name: "alice"}
	for name, c := range map[string]struct {
		who                              Requests
		was, wasBounded, now, nowBounded string
		want                             int
	}{
		"the same":                             {role, s3, "", s3, "", 0},
		"new":                                  {role, "", "", s3 + "," + ec2, "", 2},
		"gone":                                 {role, s3, "", "", "", 0},
		"more":                                 {role, get, "", s3, "", 1},
		"less":                                 {role, s3, "", get, "", 0},
		"more that is denied":                  {role, get, "", s3 + "," + noS3, "", 0},
		"more that was and is denied":          {role, get + "," + noS3, "", s3 + "," + noS3, "", 0},
		"a Deny that is gone":                  {role, s3 + "," + noS3, "", s3, "", 1},
		"a Deny of nothing that was allowed":   {role, ec2 + "," + noS3, "", ec2, "", 0},
		"a Deny with a condition":              {user, s3 + "," + noS3, "", s3 + "," + noMFA, "", 1},
		"more within the boundary":             {role, get, s3, s3, s3, 1},
		"more beyond the boundary":             {role, s3, s3, s3 + "," + ec2, s3, 0},
		"a wider boundary":                     {role, all, s3, all, s3 + "," + ec2, 1},
		"a wider boundary of what is less":     {role, s3, s3, s3, s3 + "," + ec2, 0},
		"a boundary that is gone":              {role, all, s3, all, "", 1},
		"a boundary that was none":             {role, s3, all, s3, "", 0},
		"a boundary that is new":               {role, s3, "", s3 + "," + ec2, get, 0},
		"a boundary that is new and too small": {role, get, "", s3, s3, 1},
		"about another role": {role, get, "",
			get + `,{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/other"}}}`, "", 0},
		"about this role": {role, get, "",
			get + `,{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ci"}}}`, "", 1},
		"a name of its own": {user,
			`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/alice"}`, "",
			`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}"}`, "", 0},
		"any name": {user,
			`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}"}`, "",
			`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/*"}`, "", 1},
		"split": {role, s3, "", get + `,{"Effect":"Allow","NotAction":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`, "", 1},
	} {
		was, now := rulesOf(t, "was", c.was, c.wasBounded), rulesOf(t, "now", c.now, c.nowBounded)
		got := NewlyAllowed(was, now, c.who)
		if len(got) != c.want {
			t.Errorf("%s: %d openings, want %d: %+v", name, len(got), c.want, got)
		}
		for _, o := range got {
			if o.Opens != value.Yes {
				t.Errorf("%s: %+v", name, o)
				continue
			}
			if before, after := allowedBy(was, o.Witness.Request), allowedBy(now, o.Witness.Request); before != value.No || after != value.Yes {
				t.Errorf("%s: %s on %s of %+v was allowed %v and is %v", name, o.Request.Action, o.Request.Resource, o.Request.Caller, before, after)
			}
		}
	}
}

// TestNewlyAllowedUnknown: what is not known is met by somebody, unless what was there
// before may be the same.
func TestNewlyAllowedUnknown(t *testing.T) {
	trust := func(id *value.Value) Rules {
		if id == nil {
			return Rules{Levels: []RuleLevel{{Name: "policies"}}}
		}
		d, err := policy.Parse(value.ObjectOf(map[string]*value.Value{"Version": value.Str("2012-10-17"), "Statement": value.ListOf(value.ObjectOf(map[string]*value.Value{
			"Effect": value.Str("Allow"), "Action": value.Str("sts:AssumeRole"),
			"Principal": value.ObjectOf(map[string]*value.Value{"AWS": value.Str("arn:aws:iam::111122223333:root")}),
			"Condition": value.ObjectOf(map[string]*value.Value{"StringEquals": value.ObjectOf(map[string]*value.Value{"sts:ExternalId": id})}),
		}))}))
		if err != nil {
			t.Fatal(err)
		}
		return Rules{Levels: []RuleLevel{{Name: "policies", Documents: []*policy.Document{d}}}}
	}
	unknown := func(why string) *value.Value {
		return &value.Value{Kind: value.Unknown, Type: value.Type{Kind: value.String}, Why: []value.Reason{{Text: why}}}
	}
	who := Requests{Assume: true, Kinds: []policy.CallerKind{policy.UserCaller, policy.RoleCaller}}
	for _, c := range []struct {
		name     string
		was, now *value.Value
		want     value.Tri
	}{
		{"new", nil, unknown("a"), value.Yes},
		{"the same", unknown("a"), unknown("a"), value.No},
		{"another, or the same under another name", unknown("a"), unknown("b"), value.Maybe},
		{"one that was known", value.Str("x"), unknown("b"), value.Maybe},
		{"one that is known now", unknown("a"), value.Str("x"), value.Maybe},
	} {
		got := value.No
		for _, o := range NewlyAllowed(trust(c.was), trust(c.now), who) {
			got = got.Or(o.Opens)
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
