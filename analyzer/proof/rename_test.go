package proof

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// named are what a policy names: accounts, organizations, VPCs and their endpoints,
// users and roles.
var named = map[string]*regexp.Regexp{
	"account":      regexp.MustCompile(`\b[0-9]{12}\b`),
	"organization": regexp.MustCompile(`\bo-[a-z0-9]{3,32}\b`),
	"vpc":          regexp.MustCompile(`\bvpc-[0-9a-z]{3,17}\b`),
	"endpoint":     regexp.MustCompile(`\bvpce-[0-9a-z]{3,17}\b`),
	"name":         regexp.MustCompile(`(?:user|role)/(?:[a-z]+/)?([a-z][A-Za-z0-9_-]*)$`),
}

// privileged are what proofs and examples like to use, beside made-up ones.
var privileged = map[string][]string{
	"account":      {"111122223333", "444455556666", "777788889999", "123123123123", "000000000001", "987654321012", "100000000007", "999999999990"},
	"organization": {"o-a1b2c3d4e5", "o-somebodyelse", "o-thisrolesown", "o-zz00zz00zz", "o-0123456789"},
	"vpc":          {"vpc-0f0e0d0c0b0a09080", "vpc-00000000000000001", "vpc-abcdef01"},
	"endpoint":     {"vpce-0f0e0d0c0b0a09080", "vpce-00000000000000001", "vpce-abcdef01"},
	"name":         {"alice", "bob", "dev", "ops", "anything", "anybody", "example", "example-role", "xyz", "al", "somebody", "q", "not-a-name-of-mine"},
}

// eachString changes every text of a JSON value that is no name of a member.
func eachString(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = eachString(e, f)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if k == "Action" || k == "NotAction" || k == "Effect" || k == "Version" {
				out[k] = e
			} else {
				out[k] = eachString(e, f)
			}
		}
		return out
	}
	return v
}

// A renaming gives what policies name other names, one each.
type renaming map[string]string

var word = regexp.MustCompile(`[A-Za-z0-9_-]+`)

func (r renaming) of(s string) string {
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if to, ok := r[w]; ok {
			return to
		}
		return w
	})
}

// renamingOf is a random renaming of what some policies and a question name, that
// no pattern of theirs can tell.
func renamingOf(r *rand.Rand, docs []any, account, user string) renaming {
	var texts []string
	for _, d := range docs {
		eachString(d, func(s string) string { texts = append(texts, s); return s })
	}
	texts = append(texts, account, user, "arn:aws:iam::"+account+":root", "arn:aws:iam::"+account+":user/"+user)
	out := renaming{}
	taken := map[string]bool{}
	for _, kind := range []string{"account", "organization", "vpc", "endpoint", "name"} {
		var found []string
		for _, s := range texts {
			for _, m := range named[kind].FindAllStringSubmatch(s, -1) {
				if w := m[len(m)-1]; w != "root" && !slices.Contains(found, w) {
					found = append(found, w)
				}
			}
		}
		to := slices.Concat(privileged[kind], found)
		r.Shuffle(len(to), func(i, j int) { to[i], to[j] = to[j], to[i] })
		for _, w := range found {
			for _, t := range to {
				out[w] = t
				if !taken[t] && unnoticed(texts, out) {
					taken[t] = true
					break
				}
				delete(out, w)
			}
			if out[w] == "" {
				return nil
			}
		}
	}
	return out
}

// unnoticed says that patterns match what is renamed just as what was, and that no
// two things got one name.
func unnoticed(texts []string, r renaming) bool {
	for _, p := range texts {
		for _, s := range texts {
			if strings.ContainsAny(s, "*?$") {
				continue
			}
			// As a whole, and its last part, which is a name.
			for _, part := range [][2]string{{s, r.of(s)}, {base(s), r.of(base(s))}} {
				for _, q := range [][2]string{{p, r.of(p)}, {base(p), r.of(base(p))}} {
					if policy.Glob(q[0]).Matches(part[0]) != policy.Glob(q[1]).Matches(part[1]) {
						return false
					}
				}
			}
		}
		if w := word.FindString(p); w == p { // it stays what it is
			for from, to := range r {
				if to == w && from != w && r[w] == "" {
					return false
				}
			}
		}
	}
	return true
}

// TestRenaming: no account, organization, VPC, endpoint, user or role stands for
// all: a verdict is the same under other names.
func TestRenaming(t *testing.T) {
	r := rand.New(rand.NewSource(31))
	g := generator{r}
	const account, user = "123456789012", "alice"
	ask := map[string]func(docs []*policy.Document, account, user string) Verdict{
		"root": func(docs []*policy.Document, _, _ string) Verdict {
			return RootMFA([]Level{{Documents: docs, FullAccess: value.Yes}}, RootOptions{}).Class.Verdict()
		},
		"root of an account": func(docs []*policy.Document, account, _ string) Verdict {
			return RootMFA([]Level{{Documents: docs, FullAccess: value.Yes}}, RootOptions{Account: account}).Class.Verdict()
		},
		"networks": func(docs []*policy.Document, _, _ string) Verdict {
			return SourceIP([]Level{{Documents: docs, FullAccess: value.Yes}}, SourceIPOptions{}).Class.Verdict()
		},
		"everybody's networks": func(docs []*policy.Document, account, _ string) Verdict {
			return SourceIP([]Level{{Documents: docs, FullAccess: value.Yes}}, SourceIPOptions{Account: account, Everyone: true}).Class.Verdict()
		},
		"name": func(docs []*policy.Document, account, _ string) Verdict {
			return SessionName(docs[0], SessionNameOptions{Account: account}).Class.Verdict()
		},
		"name, own account unknown": func(docs []*policy.Document, _, _ string) Verdict {
			return SessionName(docs[0], SessionNameOptions{}).Class.Verdict()
		},
		"strangers": func(docs []*policy.Document, account, _ string) Verdict {
			return TrustAnyone(docs[0], SessionNameOptions{Account: account}).Class.Verdict()
		},
		"user": func(docs []*policy.Document, _, user string) Verdict {
			return UserMFA(User{Name: user, Documents: docs}).Class.Verdict(value.Yes)
		},
		"some user": func(docs []*policy.Document, _, _ string) Verdict {
			return UserMFA(User{Documents: docs}).Class.Verdict(value.Yes)
		},
	}
	scp, trust, users := []string{"root", "root of an account", "networks", "everybody's networks"}, []string{"name", "name, own account unknown", "strangers"}, []string{"user", "some user"}
	renamed := 0
	check := func(id string, questions []string, docs []any) {
		for range 2 {
			names := renamingOf(r, docs, account, user)
			if names == nil {
				continue
			}
			var was, now []*policy.Document
			for _, d := range docs {
				was = append(was, parse(t, id, encoded(t, d)))
				now = append(now, parse(t, id, encoded(t, eachString(d, names.of))))
			}
			for _, q := range questions {
				before, after := ask[q](was, account, user), ask[q](now, names.of(account), names.of(user))
				renamed++
				if before != after {
					t.Errorf("%s, %s: %v, and %v with %v:\n%s", id, q, before, after, names, text(was))
				}
			}
		}
	}
	for file, questions := range map[string][]string{
		"scp_root_mfa.json": scp, "scp_source_ip.json": scp, "trust_rolesessionname.json": trust, "user_mfa.json": users, "proof.json": nil,
	} {
		b, err := os.ReadFile(filepath.Join(testdata, file))
		if err != nil {
			t.Fatal(err)
		}
		var list []struct {
			ID   string
			Doc  any
			Docs []any
		}
		if err := json.Unmarshal(b, &list); err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			qs := questions
			if v.Doc != nil {
				v.Docs = append(v.Docs, v.Doc)
				if qs == nil {
					qs = trust
				}
			}
			if qs == nil {
				qs = scp
			}
			check(v.ID, qs, v.Docs)
		}
	}
	for i := range 60 {
		for kind, statement := range map[string]func() object{"scp": g.scpStatement, "trust": g.trustStatement} {
			var list []any
			for range 1 + g.Intn(3) {
				list = append(list, statement())
			}
			var doc any
			if err := json.Unmarshal([]byte(encoded(t, object{"Version": "2012-10-17", "Statement": list})), &doc); err != nil {
				t.Fatal(err)
			}
			questions := scp
			if kind == "trust" {
				questions = trust
			}
			check(fmt.Sprintf("%s %d", kind, i), questions, []any{doc})
		}
	}
	if renamed < 700 {
		t.Errorf("only %d were renamed", renamed)
	}
}

// TestLater: dates count from when the question is asked. A policy and a question that
// are both so much later get the same verdict.
func TestLater(t *testing.T) {
	r := rand.New(rand.NewSource(17))
	g := generator{r}
	now := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	// A window of time, of which some moments are gone and some are to come.
	condition := func(s object, later time.Duration, days []int) object {
		at := func(i int) time.Time { return now.Add(later).AddDate(0, 0, days[i]) }
		of := object{}
		if old, ok := s["Condition"].(object); ok {
			for k, v := range old {
				of[k] = v
			}
		}
		of["DateGreaterThan"] = object{"aws:CurrentTime": at(0).Format(time.RFC3339)}
		of["NumericLessThan"] = object{"aws:EpochTime": fmt.Sprint(at(1).Unix())}
		out := object{}
		for k, v := range s {
			out[k] = v
		}
		out["Condition"] = of
		return out
	}
	verdicts := map[Verdict]int{}
	for i := range 150 {
		trust := i%2 == 1
		statement := g.scpStatement
		if trust {
			statement = g.trustStatement
		}
		var list []object
		for range 1 + g.Intn(3) {
			list = append(list, statement())
		}
		days := []int{r.Intn(60) - 30, r.Intn(60) - 30}
		ask := func(later time.Duration) Verdict {
			var statements []any
			for j, s := range list {
				if j == 0 {
					s = condition(s, later, days)
				}
				statements = append(statements, s)
			}
			docs := []*policy.Document{parse(t, "later.json", encoded(t, object{"Version": "2012-10-17", "Statement": statements}))}
			if trust {
				return SessionName(docs[0], SessionNameOptions{Account: "123456789012", Now: now.Add(later)}).Class.Verdict()
			}
			return RootMFA([]Level{{Documents: docs, FullAccess: value.Yes}}, RootOptions{Now: now.Add(later)}).Class.Verdict()
		}
		was := ask(0)
		verdicts[was]++
		for _, years := range []int{1, 7, 40} {
			if got := ask(time.Duration(years) * 365 * 24 * time.Hour); got != was {
				t.Errorf("%v, and %v %d years later: %v %v", was, got, years, days, encoded(t, list))
			}
		}
	}
	if verdicts[Violated] < 20 || verdicts[Holds] < 10 {
		t.Errorf("%v", verdicts)
	}
}

func encoded(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
