package proof

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// tree is a policy as a value that can be taken apart.
func tree(t testing.TB, text string) *value.Value {
	t.Helper()
	v, err := value.DecodeJSON(value.Str(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// places counts the values in a tree, the tree itself included.
func places(v *value.Value) int {
	n := 1
	for _, e := range v.Elems {
		n += places(e)
	}
	for _, a := range v.Attrs {
		n += places(a.Value)
	}
	return n
}

// replaced is the tree with its nth value, in the order of places, replaced.
func replaced(v *value.Value, n int, by *value.Value) *value.Value {
	if n == 0 {
		return by
	}
	n--
	c := *v
	c.Elems, c.Attrs = nil, nil
	for _, e := range v.Elems {
		if k := places(e); n >= 0 && n < k {
			e = replaced(e, n, by)
			n = -1
		} else {
			n -= k
		}
		c.Elems = append(c.Elems, e)
	}
	for _, a := range v.Attrs {
		if k := places(a.Value); n >= 0 && n < k {
			a.Value = replaced(a.Value, n, by)
			n = -1
		} else {
			n -= k
		}
		c.Attrs = append(c.Attrs, a)
	}
	return &c
}

// concrete are values that stand in for unknown ones.
func concrete() []*value.Value {
	var out []*value.Value
	for _, s := range []string{
		"*", "true", "false", "Deny", "Allow", "nothing-of-this", "arn:aws:iam::*:root", "arn:aws:iam::111122223333:root",
		"arn:aws:iam::111122223333:user/alice", "111122223333", "iam:*", "iam:CreateUser", "sts:AssumeRole",
		"198.51.100.0/24", "0.0.0.0/0", "${aws:username}", "alice", "3600", "vpc-own",
	} {
		out = append(out, value.Str(s))
	}
	return append(out, value.ListOf(value.Str("*"), value.Str("iam:*")), value.ObjectOf(nil))
}

// decider asks one of the questions about documents, as their verdict.
type decider struct {
	file string
	kind policy.Kind
	ask  func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason)
	// taken is a value that is not varied: an unknown provider is taken to be the
	// one whose claims the policy tests.
	taken int
}

func deciders() []decider {
	scp := func(docs []*policy.Document, full value.Tri) []Level {
		return []Level{{Documents: docs, FullAccess: full}}
	}
	return []decider{
		{file: "scp_root_mfa.json", kind: policy.SCP, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r := RootMFA(scp(docs, full), RootOptions{Account: "123456789012", Partitions: []string{"aws"}})
			return r.Class.Verdict(), r.Needs
		}},
		{file: "scp_source_ip.json", kind: policy.SCP, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r := SourceIP(scp(docs, full), SourceIPOptions{Account: "123456789012", Partitions: []string{"aws"}})
			return r.Class.Verdict(), r.Needs
		}},
		{file: "scp_source_ip.json", kind: policy.SCP, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r := SourceIP(scp(docs, full), SourceIPOptions{Account: "123456789012", Partitions: []string{"aws"}, Everyone: true})
			return r.Class.Verdict(), r.Needs
		}},
		{file: "user_mfa.json", kind: policy.Identity, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r := UserMFA(User{Name: "alice", Documents: docs})
			return r.Class.Verdict(value.Yes), r.Needs
		}},
		{file: "trust_rolesessionname.json", kind: policy.Trust, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r, _ := Requires(docs[0], Required{"StringLike", "sts:RoleSessionName", []string{"${aws:username}", "ci-*"}}, Asked{}, SessionNameOptions{Account: "111122223333"})
			return r.Verdict, r.Needs
		}},
		{file: "trust_rolesessionname.json", kind: policy.Trust, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			some := Asked{Kinds: []policy.CallerKind{policy.UserCaller}, Except: []string{"444455556666"}}
			r, _ := Requires(docs[0], Required{"Bool", "aws:MultiFactorAuthPresent", []string{"true"}}, some, SessionNameOptions{Account: "111122223333"})
			return r.Verdict, r.Needs
		}},
		{file: "trust_rolesessionname.json", kind: policy.Trust, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r := TrustAnyone(docs[0], SessionNameOptions{Account: "111122223333"})
			return r.Class.Verdict(), r.Needs
		}},
		{file: "trust_rolesessionname.json", kind: policy.Trust, ask: func(docs []*policy.Document, full value.Tri) (Verdict, []value.Reason) {
			r := SessionName(docs[0], SessionNameOptions{Account: "111122223333"})
			return r.Class.Verdict(), r.Needs
		}},
	}
}

// TestRefinement: a verdict that was reached with something unknown stays the
// same whatever the unknown turns out to be, and a verdict that was not reached
// says what it needs.
func TestRefinement(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	for _, d := range deciders() {
		decided := 0
		for _, v := range vectors(t, d.file) {
			full := value.Yes
			if v.Full != nil {
				full = value.TriOf(*v.Full)
			}
			raw := v.Docs
			if v.Doc != nil {
				raw = append(raw, v.Doc)
			}
			for i := range raw {
				decided += refine(t, d, v, raw, i, full)
			}
		}
		if decided < 50 {
			t.Errorf("%s: only %d verdicts were reached with something unknown", d.file, decided)
		}
	}
}

func refine(t *testing.T, d decider, v vector, raw []json.RawMessage, at int, full value.Tri) (decided int) {
	original := tree(t, string(raw[at]))
	documents := func(changed *value.Value) []*policy.Document {
		var out []*policy.Document
		for i, r := range raw {
			doc := tree(t, string(r))
			if i == at {
				doc = changed
			}
			p, err := policy.Parse(doc)
			if err != nil {
				return nil
			}
			out = append(out, p)
		}
		return out
	}
	for n := range places(original) {
		if n > 0 && n == d.taken {
			continue
		}
		unknown := value.UnknownBecause(fmt.Sprintf("value %d is not known", n), value.Str("").Span)
		verdict, needs := d.ask(documents(replaced(original, n, unknown)), full)
		if verdict == Undetermined {
			if len(needs) == 0 {
				t.Errorf("%s: value %d unknown is undetermined without needs", v.ID, n)
			}
			continue
		}
		decided++
		if n == 0 {
			t.Errorf("%s: %v without a document", v.ID, verdict)
		}
		for _, by := range append(concrete(), nth(original, n)) {
			docs := documents(replaced(original, n, by))
			if docs == nil {
				continue
			}
			if malformed(docs, d.kind) || asksForImpossible(docs) {
				continue // AWS does not accept it, or no request can carry it
			}
			got, _ := d.ask(docs, full)
			if got == NotApplicable || verdict == NotApplicable {
				continue // as good as holding: there is nobody to confine
			}
			if got != verdict {
				t.Errorf("%s: %v with value %d unknown, %v with %v", v.ID, verdict, n, got, by.TextOr(by.Kind.String()))
			}
		}
	}
	return decided
}

func malformed(docs []*policy.Document, kind policy.Kind) bool {
	for _, d := range docs {
		if d.MalformedAs(kind) {
			return true
		}
	}
	return false
}

// asksForImpossible says that a condition asks for an external id that is none.
func asksForImpossible(docs []*policy.Document) bool {
	ids, _ := languageOf("sts:externalid", "aws")
	for _, s := range statementsOf(docs) {
		for _, c := range s.Conditions {
			for _, p := range c.Values {
				if text, ok := p.Text(); ok && strings.EqualFold(c.Key, "sts:ExternalId") && strings.HasPrefix(c.Operator.Base, "StringEquals") && !ids.Contains(text) {
					return true
				}
			}
		}
	}
	return false
}

func nth(v *value.Value, n int) *value.Value {
	if n == 0 {
		return v
	}
	n--
	for _, e := range v.Elems {
		if k := places(e); n < k {
			return nth(e, n)
		} else {
			n -= k
		}
	}
	for _, a := range v.Attrs {
		if k := places(a.Value); n < k {
			return nth(a.Value, n)
		} else {
			n -= k
		}
	}
	return nil
}

// TestMoreDenies: a Deny that is added never loses a proof.
func TestMoreDenies(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for _, d := range deciders()[:4] {
		var denies []*policy.Document
		list := vectors(t, d.file)
		for _, v := range list {
			for _, doc := range v.documents(t) {
				if len(doc.Statements) > 0 && doc.Statements[0].Effect == policy.Deny && !doc.MalformedAs(d.kind) {
					denies = append(denies, doc)
				}
			}
		}
		for _, extra := range []string{
			`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a*"}}`,
			`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "iam:Get*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}}`,
		} {
			denies = append(denies, parse(t, "extra.json", extra))
		}
		for _, v := range list {
			docs := v.documents(t)
			full := value.Yes
			if v.Full != nil {
				full = value.TriOf(*v.Full)
			}
			before, _ := d.ask(docs, full)
			if before != Holds {
				continue
			}
			for range 20 {
				more := append(docs[:len(docs):len(docs)], denies[random.Intn(len(denies))])
				if after, needs := d.ask(more, full); after != Holds {
					t.Errorf("%s: %v after one more Deny: %v", v.ID, after, needs)
				}
			}
		}
	}
}

// TestRefinementOIDC: the same for tokens.
func TestRefinementOIDC(t *testing.T) {
	d := decider{kind: policy.Trust, taken: 6, ask: func(docs []*policy.Document, _ value.Tri) (Verdict, []value.Reason) {
		r := OIDCSubject(docs[0], OIDCOptions{})
		return r.Class.Verdict(), r.Needs
	}}
	decided := 0
	for i, condition := range []string{
		`{"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:mine/app:ref:refs/heads/main", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`,
		`{"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:mine/*", "repo:ours/app:*"]}, "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`,
		`{"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}`,
		`{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`,
	} {
		raw := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
			"Action": "sts:AssumeRoleWithWebIdentity", "Condition": ` + condition + `}]}`
		decided += refine(t, d, vector{ID: fmt.Sprint("oidc ", i)}, []json.RawMessage{json.RawMessage(raw)}, 0, value.Yes)
	}
	if decided < 4 {
		t.Errorf("only %d verdicts were reached with something unknown", decided)
	}
}
