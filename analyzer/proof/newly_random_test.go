package proof

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/comparison/naive"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TestNewlyAllowedSampled: of policies made at random, and changed at random, an evaluator
// that shares nothing with the proofs finds no request by sampling that is not told, and
// confirms each that is.
func TestNewlyAllowedSampled(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	pick := func(list ...string) string { return list[random.Intn(len(list))] }
	list := func(n int, of func() string) string {
		var out []string
		for range 1 + random.Intn(n) {
			out = append(out, `"`+of()+`"`)
		}
		return "[" + strings.Join(out, ",") + "]"
	}
	action := func() string {
		return pick("s3:*", "s3:Get*", "s3:GetObject", "s3:Put*", "iam:*", "iam:Get*", "*", "sqs:SendMessage")
	}
	resource := func() string {
		return pick("*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b*", "arn:aws:s3:::*", "arn:aws:iam::111122223333:user/*", "arn:aws:iam::*:user/${aws:username}")
	}
	condition := func() string {
		return pick(`"StringEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}`, `"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}`,
			`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, `"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`, `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`,
			`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a*"}`, `"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ab*"}`, `"Null":{"aws:SourceIp":"true"}`,
			`"StringLike":{"aws:username":"al*"}`, `"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}`, `"StringEquals":{"aws:PrincipalAccount":"111122223333"}`)
	}
	statement := func() string {
		s := fmt.Sprintf(`{"Effect":%q,"%s":%s,"%s":%s`, pick("Allow", "Allow", "Deny"), pick("Action", "Action", "Action", "NotAction"), list(3, action), pick("Resource", "Resource", "Resource", "NotResource"), list(2, resource))
		if random.Intn(2) == 0 {
			s += `,"Condition":{` + condition() + `}`
		}
		return s + "}"
	}
	document := func(statements []string) string { return strings.Join(statements, ",") }
	changed := func(in []string) []string {
		out := append([]string{}, in...)
		for range 1 + random.Intn(2) {
			at := random.Intn(len(out))
			switch random.Intn(4) {
			case 0:
				out[at] = statement()
			case 1:
				out = append(out, statement())
			case 2:
				if len(out) > 1 {
					out = append(out[:at], out[at+1:]...)
				}
			case 3:
				out[at] = strings.Replace(out[at], `"s3:`, `"s3:P`, 1)
			}
		}
		return out
	}
	wider, narrower := 0, 0
	for range 120 {
		var was, now []string
		for range 1 + random.Intn(3) {
			was = append(was, statement())
		}
		now = changed(was)
		bounded, boundedNow := "", ""
		if random.Intn(3) == 0 {
			bounded, boundedNow = statement(), statement()
			if random.Intn(2) == 0 {
				boundedNow = bounded
			}
		}
		who, kind := Requests{Kinds: []policy.CallerKind{policy.RoleCaller}, Account: "111122223333"}, naive.Role
		if random.Intn(2) == 0 {
			who.Kinds, kind = []policy.CallerKind{policy.UserCaller}, naive.User
		}
		before, after := rulesOf(t, "was", document(was), bounded), rulesOf(t, "now", document(now), boundedNow)
		got := NewlyAllowed(before, after, who)
		naively := func(policies []string, boundary string) naive.Rules {
			read := func(text string) []*naive.Policy {
				p, err := naive.Parse(`{"Statement":[` + text + `]}`)
				if err != nil {
					t.Fatal(err)
				}
				return []*naive.Policy{p}
			}
			out := naive.Rules{{Policies: read(document(policies))}}
			if boundary != "" {
				out = append(out, naive.Level{Policies: read(boundary)})
			}
			return out
		}
		x, y := naively(was, bounded), naively(now, boundedNow)
		words := naive.NewWords(random, naive.Asked{Kinds: []naive.Kind{kind}, Account: who.Account}, append(x.All(), y.All()...)...)
		if len(got) == 0 {
			narrower++
			for range 500 {
				r := words.Draw()
				a, known := x.Allow(r)
				b, knownNow := y.Allow(r)
				if known && knownNow && !a && b {
					t.Errorf("%s [%s], then %s [%s]: nothing is told, and sampling finds %+v", document(was), bounded, document(now), boundedNow, *r)
					break
				}
			}
		}
		for _, o := range got {
			if o.Opens != value.Yes {
				continue
			}
			wider++
			w := o.Witness.Request
			r := &naive.Request{Kind: kind, Account: w.Caller.Account, Path: w.Caller.Path, Name: w.Caller.Name, Action: w.Action, Resource: w.Resource, Context: map[string][]string{}}
			if r.Path == "" {
				r.Path = "/"
			}
			for k, v := range w.Context {
				if v.Presence == policy.Known {
					r.Context[strings.ToLower(k)] = v.Values
				}
			}
			a, known := x.Allow(r)
			b, knownNow := y.Allow(r)
			if known && knownNow && (a || !b) {
				t.Errorf("%s [%s], then %s [%s]: %+v is told, was allowed %v and is %v", document(was), bounded, document(now), boundedNow, *r, a, b)
			}
		}
	}
	if wider < 40 || narrower < 15 {
		t.Errorf("%d requests are told, and %d times none: that shows little", wider, narrower)
	}
}
