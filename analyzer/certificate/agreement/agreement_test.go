// Package agreement decides random policies twice: by iamvet's proofs, and by the
// translation for SMT solvers, whose certificates a solver checks.
package agreement

import (
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/certificate/solver"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A kind of question: how random policies for it are made, and how either side
// decides it.
type kind struct {
	name      string
	statement func(generator) object
	proven    func(setting, *policy.Document) proof.Verdict
	claim     func(setting, *policy.Document) *certificate.Claim
	// begin makes the statements to begin with; nil for some of statement's.
	begin func(generator) []any
}

// setting is what is known around a policy.
type setting struct {
	Account   string
	User      string // "" when it is not known
	Like      string // what is known of it then: a pattern
	Path      string
	Partition string
	Host      string // of the identity provider
	Full      bool   // FullAWSAccess is attached
	Tags      map[string]string
	Trusted   []string // principal tags that people cannot give themselves; null for all
}

// now is when requests are made.
var now = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// userAccount is the account of the user: of somebody in an account that is not known
// a policy that tells accounts apart decides nothing.
func (s setting) userAccount() string { return cmp.Or(s.Account, "111122223333") }

// like is what is known of the user's name where it is not known.
func (s setting) like() *value.Value {
	if s.Like == "" {
		return nil
	}
	v := &value.Value{Kind: value.String}
	for i, text := range strings.Split(s.Like, "*") {
		if i > 0 {
			v.Parts = append(v.Parts, value.Part{Hole: value.UnknownBecause("var.x has no value", source.Span{})})
		}
		v.Parts = append(v.Parts, value.Part{Text: source.Computed(text, source.Span{})})
	}
	return v
}

func (s setting) scp(d *policy.Document) []proof.Level {
	return []proof.Level{{Documents: []*policy.Document{d}, FullAccess: value.TriOf(s.Full)}}
}

func (s setting) level(d *policy.Document) []certificate.Level {
	return []certificate.Level{{Documents: []*policy.Document{d}, Everything: value.TriOf(s.Full)}}
}

var kinds = []kind{
	{
		"root", generator.rootStatement,
		func(s setting, d *policy.Document) proof.Verdict {
			return proof.RootMFA(s.scp(d), proof.RootOptions{Account: s.Account, Partitions: []string{s.Partition}, Now: now}).Class.Verdict()
		},
		func(s setting, d *policy.Document) *certificate.Claim {
			return certificate.RootMFA(certificate.Root{Levels: s.level(d), Partition: s.Partition, Account: s.Account, Now: now})
		},
		nil,
	},
	{
		"networks", generator.networkStatement,
		func(s setting, d *policy.Document) proof.Verdict {
			return proof.SourceIP(s.scp(d), proof.SourceIPOptions{Account: s.Account, Partitions: []string{s.Partition}, Now: now}).Class.Verdict()
		},
		func(s setting, d *policy.Document) *certificate.Claim {
			return certificate.Networks(certificate.Root{Levels: s.level(d), Partition: s.Partition, Account: s.Account, Now: now})
		},
		nil,
	},
	{
		"trust", generator.sessionStatement,
		func(s setting, d *policy.Document) proof.Verdict {
			return proof.SessionName(d, proof.SessionNameOptions{Account: "111122223333", Partition: "aws", TrustedTags: s.Trusted}).Class.Verdict()
		},
		func(s setting, d *policy.Document) *certificate.Claim {
			return certificate.SessionName(certificate.Trust{Document: d, Account: "111122223333", Partition: "aws", TrustedTags: s.Trusted})
		},
		nil,
	},
	{
		"strangers", generator.strangerStatement,
		func(_ setting, d *policy.Document) proof.Verdict {
			return proof.TrustAnyone(d, proof.SessionNameOptions{Account: "111122223333", Partition: "aws"}).Class.Verdict()
		},
		func(_ setting, d *policy.Document) *certificate.Claim {
			return certificate.Strangers(certificate.Trust{Document: d, Account: "111122223333", Partition: "aws"})
		},
		nil,
	},
	{
		"federated", generator.tokenStatement,
		func(_ setting, d *policy.Document) proof.Verdict {
			return proof.OIDCSubject(d, proof.OIDCOptions{Account: "111122223333"}).Class.Verdict()
		},
		func(s setting, d *policy.Document) *certificate.Claim {
			return certificate.Tokens(certificate.Federation{Document: d, Partition: "aws"}, "arn:aws:iam::111122223333:oidc-provider/"+s.Host)
		},
		nil,
	},
	{
		"users", generator.userStatement,
		func(s setting, d *policy.Document) proof.Verdict {
			r := proof.UserMFA(proof.User{Name: s.User, NameLike: s.like(), Path: s.Path, PathUnknown: s.Path == "", Account: s.userAccount(), Partition: "aws", Documents: []*policy.Document{d}, Tags: s.Tags, Now: now})
			return r.Class.Verdict(value.Yes)
		},
		func(s setting, d *policy.Document) *certificate.Claim {
			return certificate.UserMFA(certificate.User{Name: s.User, NameLike: s.like(), Path: s.Path, Account: s.userAccount(), Partition: "aws", Tags: s.Tags, Now: now,
				Levels: []certificate.Level{{Documents: []*policy.Document{d}, Everything: policy.False}}})
		},
		nil,
	},
	{
		"comparison", generator.changedStatement,
		func(_ setting, d *policy.Document) proof.Verdict {
			before, after := beforeAndAfter(d)
			return map[value.Tri]proof.Verdict{value.Yes: proof.Holds, value.No: proof.Violated, value.Maybe: proof.Undetermined}[proof.Narrower(before, after).Narrower]
		},
		func(_ setting, d *policy.Document) *certificate.Claim {
			before, after := beforeAndAfter(d)
			return certificate.Narrower(before, after, "aws")
		},
		generator.change,
	},
}

// beforeAndAfter are two policies of which one holds all statements: those after a
// change have the Sid After.
func beforeAndAfter(d *policy.Document) (before, after []*policy.Document) {
	was, now := []any{}, []any{}
	for _, s := range d.Statements {
		var o object
		if err := json.Unmarshal([]byte(s.Span().Text()), &o); err != nil {
			panic(err)
		}
		if s.Sid == "After" {
			now = append(now, o)
		} else {
			was = append(was, o)
		}
	}
	return []*policy.Document{parse(policyOf(was))}, []*policy.Document{parse(policyOf(now))}
}

func parse(text string) *policy.Document {
	f := source.NewFile("random.json", []byte(text))
	d, err := policy.Parse(value.StrAt(source.Literal(source.Span{File: f, Start: 0, End: len(text)})))
	if err != nil {
		panic(err)
	}
	return d
}

// verdicts are a proof's in the words of the other side: that a rule does not apply
// means that nothing gets through.
var verdicts = map[proof.Verdict]certificate.Verdict{
	proof.Undetermined: certificate.Undetermined, proof.Violated: certificate.Violated,
	proof.Holds: certificate.Holds, proof.NotApplicable: certificate.Holds,
}

// outcome is what both sides say of a policy.
type outcome struct {
	proven, checked certificate.Verdict
	claim           *certificate.Claim
	told            []string
}

// wrong says that the two contradict each other.
func (o outcome) wrong() bool {
	return o.proven != o.checked && o.proven != certificate.Undetermined && o.checked != certificate.Undetermined
}

func (k kind) decide(s setting, statements []any) outcome {
	d := parse(policyOf(statements))
	o := outcome{claim: k.claim(s, d)}
	o.checked, o.told = o.claim.Decide()
	o.proven = verdicts[k.proven(s, d)]
	return o
}

// chain is a random policy, and what becomes of it when Denies are added that stop
// the request which gets through, until none does: near misses, of which the last
// differ in one corner alone.
func (k kind) chain(g generator, around setting, visit func([]any) outcome) {
	var statements []any
	if k.begin != nil {
		statements = k.begin(g)
	} else {
		for range 1 + g.IntN(3) {
			statements = append(statements, k.statement(g))
		}
	}
	o := visit(statements)
	for step := 0; step < 6 && o.checked == certificate.Violated; step++ {
		for range 25 {
			s := k.statement(g)
			s["Effect"] = "Deny"
			more := append(slices.Clone(statements), s)
			next, told := k.claimOf(around, more)
			if next != certificate.Violated || !slices.Equal(told, o.told) {
				statements = more
				break
			}
		}
		o = visit(statements)
	}
}

func (k kind) claimOf(s setting, statements []any) (certificate.Verdict, []string) {
	return k.claim(s, parse(policyOf(statements))).Decide()
}

func (g generator) setting() setting {
	s := setting{Partition: "aws", Host: g.host, Full: g.full, User: "alice", Path: g.pick("/", "/", "/team/")}
	if g.oneIn(8) {
		s.Partition = g.pick("aws-us-gov", "aws-cn")
	}
	if g.oneIn(3) {
		s.Tags = map[string]string{"team": g.pick("a", "bb"), "exempt": "x"}
	}
	if g.IntN(3) > 0 {
		s.Account = g.account()
	}
	if g.oneIn(6) {
		s.User, s.Like = "", g.pick("", "a*", "*-admin", "x*y", "*ce")
	}
	if g.oneIn(12) {
		s.Path = ""
	}
	if g.oneIn(3) {
		s.Trusted = [][]string{{}, {"team"}, {"name"}}[g.IntN(3)]
	}
	return s
}

// TestAgreement decides random policies twice. AGREEMENT is how many of each kind,
// and AGREEMENT_SEED where they begin; AGREEMENT_OUT is a file to which what
// disagrees is added.
func TestAgreement(t *testing.T) {
	seed := uint64(1)
	wanted := os.Getenv("AGREEMENT")
	if wanted == "" {
		t.Skip("AGREEMENT says how many policies of each kind are decided; none are")
	}
	number, err := strconv.Atoi(wanted)
	if err != nil {
		t.Fatal(err)
	}
	if s := os.Getenv("AGREEMENT_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	smt := start(t)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) { k.compare(t, smt, number, seed) })
	}
}

func (k kind) compare(t *testing.T, smt *solver.Solver, number int, seed uint64) {
	var count struct{ all, violated, holds, differ, open, unclear, wrong int }
	for ; count.all < number; seed++ {
		g := newGenerator(seed)
		s := g.setting()
		k.chain(g, s, func(statements []any) outcome {
			o := k.decide(s, statements)
			count.all++
			switch {
			case o.checked == certificate.Undetermined:
				count.unclear++
				t.Logf("seed %d: the translation does not decide, and the proof says %v: %v\n%s", seed, o.proven, o.told, policyOf(statements))
			case o.proven == certificate.Undetermined && k.name == "users" && (s.User == "" || s.Path == "") && o.checked == certificate.Violated:
				count.differ++ // for some name or path, and not for all
			case o.proven == certificate.Undetermined:
				count.open++
				t.Logf("seed %d: the proof does not decide, and the solver says %v: %v\n%s", seed, o.checked, o.told, policyOf(statements))
			case o.checked == certificate.Holds:
				count.holds++
			default:
				count.violated++
			}
			if o.checked != certificate.Undetermined {
				k.solve(t, smt, seed, o)
			}
			if o.wrong() {
				count.wrong++
				k.report(t, seed, s, statements, o)
			}
			return o
		})
	}
	t.Logf("%+v", count)
}

// solve has the solver check the certificate of what the translation found.
func (k kind) solve(t *testing.T, smt *solver.Solver, seed uint64, o outcome) {
	for _, script := range o.claim.Scripts(nil, o.checked) {
		got, err := smt.Answers(script.Text)
		if err != nil {
			t.Fatal(err)
		}
		want := append(slices.Repeat([]string{"unsat"}, script.Checks-1), script.Expect)
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: the solver says %v, and the certificate %v:\n%s", seed, got, want, script.Text)
		}
	}
}

// disagreement is a policy of which the two say different things.
type disagreement struct {
	Kind    string          `json:"kind"`
	Seed    uint64          `json:"seed"`
	Setting setting         `json:"setting"`
	Policy  json.RawMessage `json:"policy"`
	Proof   string          `json:"proof"`
	Solver  string          `json:"solver"`
	Why     []string        `json:"why"`
}

func (k kind) report(t *testing.T, seed uint64, s setting, statements []any, o outcome) {
	small := shrink(statements, func(list []any) bool {
		again := k.decide(s, list)
		return again.proven == o.proven && again.checked == o.checked
	})
	o = k.decide(s, small)
	d := disagreement{k.name, seed, s, json.RawMessage(policyOf(small)), o.proven.String(), o.checked.String(), o.told}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s", b)
	if name := os.Getenv("AGREEMENT_OUT"); name != "" {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(strings.TrimSpace(string(b)) + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// shrink leaves out statements, members and values as long as the rest is still
// wrong in the same way.
func shrink(statements []any, wrong func([]any) bool) []any {
	for again := true; again; {
		again = false
		for _, less := range smaller(statements) {
			list, ok := less.([]any)
			if !ok || len(list) == 0 || !valid(list) || !wrong(list) {
				continue
			}
			statements, again = list, true
			break
		}
	}
	return statements
}

// valid says that every statement still has what it needs.
func valid(list []any) bool {
	for _, s := range list {
		o, ok := s.(object)
		if !ok || o["Effect"] == nil || o["Action"] == nil && o["NotAction"] == nil {
			return false
		}
	}
	return parse(policyOf(list)).Malformed() == false
}

// smaller are the values that have one thing less.
func smaller(v any) []any {
	var out []any
	switch v := v.(type) {
	case []any:
		for i := range v {
			out = append(out, slices.Delete(slices.Clone(v), i, i+1))
		}
		for i := range v {
			for _, less := range smaller(v[i]) {
				c := slices.Clone(v)
				c[i] = less
				out = append(out, c)
			}
		}
		if len(v) == 1 {
			if s, ok := v[0].(string); ok {
				out = append(out, s)
			}
		}
	case object:
		for _, k := range sortedKeys(v) {
			if k == "Principal" || k == "Resource" || k == "AWS" {
				continue
			}
			c := clone(v)
			delete(c, k)
			out = append(out, c)
		}
		for _, k := range sortedKeys(v) {
			for _, less := range smaller(v[k]) {
				if l, ok := less.([]any); ok && len(l) == 0 {
					continue
				}
				c := clone(v)
				c[k] = less
				out = append(out, c)
			}
		}
	}
	return out
}

func clone(o object) object {
	c := object{}
	for k, v := range o {
		c[k] = v
	}
	return c
}

func sortedKeys(o object) []string {
	var out []string
	for k := range o {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
