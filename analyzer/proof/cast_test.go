package proof

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// TestPaths: what IAM allows as a path.
func TestPaths(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/team/": true, "/team/a/": true, "/a//b/": true, "///": true, "/!~/": true, "/" + strings.Repeat("x", 510) + "/": true,
		"": false, "//": false, "team/": false, "/team": false, "/a b/": false, "/" + strings.Repeat("x", 511) + "/": false,
	} {
		if got := iamPaths.Contains(path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}

// TestCast: for every caller that there can be, policies treat one of the cast just
// as they treat it, and everybody in the cast can be.
func TestCast(t *testing.T) {
	r := rand.New(rand.NewSource(41))
	g := generator{r}
	accounts := []string{"111122223333", "444455556666", "100000000001", "912345678901", "111199993333"}
	names := []string{"alice", "dev", "dev-x", "dev-x-ops", "x-ops", "ci", "a", "somebody@example.com"}
	paths := []string{"/", "/team/", "/team/a/", "/dev-/", "/team//", "///"}
	sessions := []string{"ci-deploy", "alice", "dev-x", "xx"}
	for range 150 {
		var statements []object
		for range 1 + g.Intn(3) {
			op, key, values := "StringLike", "aws:PrincipalArn", g.some("arn:aws:iam::*:role/dev-*", "arn:aws:iam::1111*:*/*-ops", "*:role/dev", "arn:aws:iam::*:user/team/*", "*1", "arn:aws:iam::*:role/team/a/*", "arn:aws:iam::??????????01:*")
			switch g.Intn(5) {
			case 0:
				key, values = "aws:PrincipalAccount", g.some("1*", "9*", "111122223333", "*3", "?1*")
			case 1:
				key, values = "aws:username", g.some("a*", "*-x", "dev*", "*@example.com", "?")
			case 2:
				key, values = "aws:userid", g.some("AIDA*", "AROA*:ci-*", "*:alice", "*:*x*", "1111*")
			case 3:
				op, key, values = "ArnLike", "aws:PrincipalArn", g.some("arn:aws:iam::*:role/dev-*", "arn:*:iam::1*:user/*")
			}
			statements = append(statements, object{"Effect": "Allow", "Principal": object{"AWS": g.some("*", "111122223333", "arn:aws:iam::444455556666:user/alice", "arn:aws:iam::111122223333:role/dev-x")},
				"Action": "sts:AssumeRole", "Condition": object{op: object{key: values}}})
		}
		i := 0
		doc := g.policy(t, func() object { i++; return statements[i-1] }, len(statements))
		tests := testsOfCallers([]*policy.Document{doc})
		for _, kind := range []policy.CallerKind{policy.RootCaller, policy.UserCaller, policy.RoleCaller, policy.FederatedUserCaller} {
			// How the policies treat a caller: what principals and conditions say.
			treated := func(c *policy.Caller) string {
				var b strings.Builder
				req := &policy.Request{Caller: c, Action: assumeRole}
				for _, s := range doc.Statements {
					for _, p := range s.Principals {
						fmt.Fprint(&b, p.Matches(c))
					}
					for i := range s.Conditions {
						fmt.Fprint(&b, s.Conditions[i].Matches(req))
					}
				}
				return b.String()
			}
			cast := casting{callerTests: tests, partition: "aws", kind: kind}
			found, complete := cast.cast()
			if !complete {
				t.Fatal("not complete")
			}
			var kinds []string
			for _, c := range found {
				if !accountIDs.Contains(c.Account) || kind != policy.RootCaller && !iamNames.Contains(c.Name) || c.Path != "" && !iamPaths.Contains(c.Path) ||
					kind == policy.RoleCaller && !sessionNames.Contains(c.Session) {
					t.Fatalf("there is no %+v", c)
				}
				kinds = append(kinds, treated(c))
			}
			for range 40 {
				c := &policy.Caller{Kind: kind, Partition: "aws", Account: accounts[r.Intn(len(accounts))]}
				switch kind {
				case policy.UserCaller:
					c.Name, c.Path, c.ID = names[r.Intn(len(names))], paths[r.Intn(len(paths))], "AIDAABCDEFGHIJKLMNOP"
				case policy.RoleCaller:
					c.Name, c.Path, c.ID, c.Session = names[r.Intn(len(names))], paths[r.Intn(len(paths))], "AROAABCDEFGHIJKLMNOP", sessions[r.Intn(len(sessions))]
				case policy.FederatedUserCaller:
					c.Name = "dev-x"
				}
				if !slices.Contains(kinds, treated(c)) {
					t.Fatalf("nobody of %d is treated as %+v:\n%s", len(found), c, text([]*policy.Document{doc}))
				}
			}
		}
	}
}
